package node

import "sluice/engine/media"

// A gather is the source of what it publishes: key frames are asked for where the track comes from, and what is lazy runs
// while somebody reads.

// RequestKey implements hub.Source.
func (g *gather) RequestKey(track int) {
	g.mu.Lock()
	var ask func()
	if track < len(g.feeds) {
		ask = g.feeds[track].key
	}
	g.mu.Unlock()
	if ask != nil {
		ask()
	}
}

// Demand implements hub.Source.
func (g *gather) Demand(track int) { g.read(track, 1) }

// Idle implements hub.Source.
func (g *gather) Idle(track int) { g.read(track, -1) }

// read counts the tracks that are read.
func (g *gather) read(track, more int) {
	g.mu.Lock()
	if track < len(g.feeds) && g.feeds[track].lazy {
		g.demand += more
	}
	g.mu.Unlock()
	g.part.instance(g.ask)
}

// configured tells whether a codec has a configuration that decoders need first and only its encoder can tell, in the caps of what it
// makes: without it nobody can be offered such a track.
func configured(c media.Codec) bool { return c == media.AAC || c == media.Vorbis }

// try has what is lazy run though nobody reads it yet, to be known, or no longer.
func (g *gather) try(more int) {
	g.mu.Lock()
	changed := false
	for _, f := range g.feeds {
		if f.tried {
			g.demand += more
			changed = true
		}
	}
	g.mu.Unlock()
	if changed {
		g.part.instance(g.ask)
	}
}

// ask says to the instance whether what is lazy is read, when that has changed.
func (g *gather) ask(i Instance) {
	g.mu.Lock()
	defer g.mu.Unlock()
	wanted := g.demand > 0
	switch {
	case wanted == g.asked:
		return
	case wanted:
		_ = i.Demand(g.node) // one that is not lazy after all has nothing to be asked for
	default:
		i.Idle(g.node)
	}
	g.asked = wanted
}

// Ended implements hub.Source: somebody took the name, or the server stops.
func (g *gather) Ended(reason error) {
	g.part.opt.Log.Debug("publication ended", "node", g.node, "err", reason)
	g.part.instance(func(i Instance) { i.Drain(-1) })
}

// solo is the source of one alternative.
type solo struct {
	g     *gather
	track int
}

func (s solo) RequestKey(int)     { s.g.RequestKey(s.track) }
func (s solo) Demand(int)         { s.g.Demand(s.track) }
func (s solo) Idle(int)           { s.g.Idle(s.track) }
func (s solo) Ended(reason error) { s.g.Ended(reason) }
