package node

import (
	"context"

	"sluice/engine/element"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/plan"
)

// Findings are what elements found out about their peers, by node: the part of plan.Inputs that depends on it.
type Findings struct {
	Given map[string][]element.Format // of sources, and of streams of the hub that are published now
	Want  map[string][]element.Format // of sinks
}

// Describe starts the sources and asks them, and the sinks, what there is and what is wanted. ctx bounds the waiting.
func (p *Part) Describe(ctx context.Context) (Findings, error) {
	f := Findings{Given: map[string][]element.Format{}, Want: map[string][]element.Format{}}
	for _, name := range p.order {
		switch e := p.nodes[name].(type) {
		case Source:
			o := &origin{part: p, name: name, source: e}
			p.mu.Lock()
			p.origins[name] = o
			p.mu.Unlock()
			if err := e.Start(ctx); err != nil {
				return f, placed(name, err)
			}
			d, err := e.Describe(ctx)
			if err == nil {
				err = d.Check()
			}
			if err != nil {
				return f, placed(name, err)
			}
			o.tracks = d
			f.Given[name] = formats(d.Tracks)
		case Tap:
			from := e.Reads()
			if info, ok := p.opt.Hub.Stream(from.Stream); ok {
				f.Given[name] = formats(ofKind(published(info), from.Kind))
			}
		case Taker:
			f.Want[name] = wanted(e.Want())
		}
	}
	return f, nil
}

// published lists the tracks of a stream that are no alternatives.
func published(info hub.StreamInfo) []media.Track {
	var out []media.Track
	for _, t := range info.Tracks {
		if !t.Alternative {
			out = append(out, t.Track)
		}
	}
	return out
}

// ofKind keeps the tracks of a kind; "" keeps all.
func ofKind(tracks []media.Track, kind media.Kind) []media.Track {
	var out []media.Track
	for _, t := range tracks {
		if kind == "" || t.Kind == kind {
			out = append(out, t)
		}
	}
	return out
}

// formats says in the compiler's words what tracks are.
func formats(tracks []media.Track) []element.Format {
	out := make([]element.Format, 0, len(tracks))
	for _, t := range tracks {
		f := plan.Format(t.Codec)
		f.BFrames = t.BFrames
		if configured(t.Codec) {
			f.Rate, f.Channels = int(t.ClockRate), t.Channels
		}
		out = append(out, f)
	}
	return out
}

// wanted says in the compiler's words what a taker wants; nothing if it takes anything.
func wanted(w media.Want) []element.Format {
	var out []element.Format
	for _, list := range [][]media.Codec{w.Video, w.Audio} {
		for _, c := range list {
			if c == media.Any {
				return nil
			}
			out = append(out, plan.Format(c))
		}
	}
	return out
}
