package node

import (
	"context"
	"slices"
	"strings"

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
	if err := p.vacant(); err != nil {
		return f, err
	}
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

// Given implements instance.Knowing: streams that a guest is to bring and that are published now need not be converted to what would
// be assumed of them. Of a kind that is not among their tracks the first codec there is is as good as any: it may come later.
func (p *Part) Given(pl *plan.Plan, branch string) map[string][]element.Format {
	out := map[string][]element.Format{}
	for _, n := range pl.Nodes {
		if n.Domain != element.Go || n.Passes || !strings.HasPrefix(n.Name, branch+"/") {
			continue
		}
		e, err := p.make(p.ctx, n) // which begins nothing; what is wrong is told by Enter
		if err != nil {
			continue
		}
		tap, ok := e.(Tap)
		if !ok {
			continue
		}
		from := tap.Reads()
		info, ok := p.opt.Hub.Stream(from.Stream)
		if !ok || from.Shape != (media.Shape{}) {
			continue
		}
		tracks := ofKind(published(info), from.Kind)
		spec, _ := p.opt.Registry.Spec(n.Element)
		for _, port := range spec.Out() {
			has := slices.ContainsFunc(tracks, func(t media.Track) bool { return port.Carries(t.Kind) })
			if !has && len(port.Codecs) > 0 && (from.Kind == "" || port.Carries(from.Kind)) {
				tracks = append(tracks, media.NewTrack(port.Codecs[0]))
			}
		}
		out[n.Name] = formats(tracks)
	}
	return out
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
		switch {
		case configured(t.Codec):
			f.Rate, f.Channels = int(t.ClockRate), t.Channels
		case t.Codec == media.Speex:
			f.Rate = int(t.ClockRate)
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
			f := plan.Format(c)
			f.BFrames = !w.NoBFrames
			if c == media.Speex { // at other rates it is another codec to RTP, of which peers have agreed on one (RFC 5574 3.3)
				f.Rate = w.Rate
			}
			out = append(out, f)
		}
	}
	return out
}
