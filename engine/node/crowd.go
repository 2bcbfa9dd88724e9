package node

import (
	"slices"
	"sync"

	"sluice/engine/hub"
	"sluice/engine/media"
)

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

// read counts the tracks that are read: of those that are lazy by themselves, or else all.
func (g *gather) read(track, more int) {
	_, audience := g.taker.(Audience) // which tells by itself whether anybody is there
	g.mu.Lock()
	lazy := slices.ContainsFunc(g.feeds, func(f *feed) bool { return f.lazy })
	if track < len(g.feeds) && (g.feeds[track].lazy || !lazy) && !audience {
		g.crowd.add(more)
	}
	g.mu.Unlock()
	if g.relief != nil {
		g.relief.read(more)
	}
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
			g.crowd.add(more)
			changed = true
		}
	}
	g.mu.Unlock()
	if changed {
		g.part.instance(g.ask)
	}
}

// ask says to the instance whether what is lazy is read, when that has changed.
func (g *gather) ask(i Instance) { g.crowd.ask(i) }

// crowd counts who reads what a node publishes.
type crowd struct {
	node string

	mu      sync.Mutex
	readers int
	asked   bool // the instance knows that there are some
}

func (c *crowd) add(more int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readers += more
}

// ask says to the instance whether there are readers, when that has changed.
func (c *crowd) ask(i Instance) {
	c.mu.Lock()
	defer c.mu.Unlock()
	wanted := c.readers > 0
	switch {
	case wanted == c.asked:
		return
	case wanted:
		_ = i.Demand(c.node) // one that is not lazy after all has nothing to be asked for
	default:
		i.Idle(c.node)
	}
	c.asked = wanted
}

// Demand implements hub.Source.
func (o *origin) Demand(track int) {
	o.source.Demand(track)
	o.read(1)
}

// Idle implements hub.Source.
func (o *origin) Idle(track int) {
	o.source.Idle(track)
	o.read(-1)
}

// RequestKey implements hub.Source.
func (o *origin) RequestKey(track int) { o.source.RequestKey(track) }

// Unaskable implements hub.Unaskable for sources that do.
func (o *origin) Unaskable() bool {
	u, ok := o.source.(hub.Unaskable)
	return ok && u.Unaskable()
}

// Ended implements hub.Source.
func (o *origin) Ended(reason error) { o.source.Ended(reason) }

// read counts the tracks that are read, for an outfall that has nothing of its own.
func (o *origin) read(more int) {
	if o.outfall == "" {
		return
	}
	o.crowd.add(more)
	o.part.instance(o.crowd.ask)
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
