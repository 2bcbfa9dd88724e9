// Package coders counts the encoders and decoders of GStreamer that run in instances, by codec: one encoder however many watch is what a
// server saves, and this tells whether it does. It goes by plans and by which of their parts run, and asks no Runtime.
package coders

import (
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/instance"
)

// Other stands for what codes something that has no name here.
const Other media.Codec = "other"

// Specs finds the description of an element.
type Specs func(name string) (*element.Spec, bool)

// Counts are how many run, by what they make or take.
type Counts struct{ Encoders, Decoders map[media.Codec]int }

// Of counts those of instances. It costs about a microsecond for each element.
func Of(list []*instance.Instance, specs Specs) Counts {
	t := tally{specs, map[string]coder{}, Counts{map[media.Codec]int{}, map[media.Codec]int{}}}
	for _, i := range list {
		t.add(i.Status(), i.Plan())
	}
	return t.counts
}

// Sum is how many there are of all codecs.
func Sum(of map[media.Codec]int) int {
	n := 0
	for _, one := range of {
		n += one
	}
	return n
}

// coder is what an element does.
type coder struct {
	encodes, decodes bool
	codec            media.Codec
}

// tally counts, and remembers what it has found of elements.
type tally struct {
	specs  Specs
	known  map[string]coder
	counts Counts
}

// add counts one instance.
func (t *tally) add(s instance.Status, p *plan.Plan) {
	switch s.State {
	case run.Starting, run.Live, run.Degraded, run.Draining:
	default:
		return
	}
	runs := make(map[string]bool, len(s.Branches)) // of what comes and goes
	for _, b := range s.Branches {
		runs[b.Name] = b.Runs
	}
	for _, l := range p.Pipelines {
		if l.Lazy && !runs[l.Name] || l.Encoders+l.Decoders == 0 {
			continue
		}
		apart := map[string]bool{}
		for _, b := range l.Branches {
			apart[b.Name] = b.Kind == plan.Apart
		}
		for _, e := range l.Elements {
			there, listed := runs[e.Branch]
			if e.Branch == "" || there || !listed && apart[e.Branch] {
				t.count(e.Factory)
			}
		}
	}
}

// count counts one element.
func (t *tally) count(factory string) {
	c, ok := t.known[factory]
	if !ok {
		c = t.look(factory)
		t.known[factory] = c
	}
	switch {
	case c.encodes:
		t.counts.Encoders[c.codec]++
	case c.decodes:
		t.counts.Decoders[c.codec]++
	}
}

// look finds out what an element does.
func (t *tally) look(factory string) coder {
	s, ok := t.specs(factory)
	if !ok {
		return coder{}
	}
	c := coder{encodes: s.Is("Encoder"), codec: Other}
	c.decodes = !c.encodes && s.Is("Decoder")
	coded := s.In()
	if c.encodes {
		coded = s.Out()
	}
	for _, p := range coded {
		if codec := element.CodecOf(p.Caps); codec != "" {
			c.codec = codec
			break
		}
	}
	return c
}
