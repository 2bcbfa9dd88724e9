package plan_test

import (
	"errors"
	"slices"
	"testing"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
)

// first picks the first of all, and rules one out.
type first struct{ out string }

func (f first) Choose(among []string) (string, error) { return among[0], nil }

func (f first) Refuse(factory string) error {
	if factory != f.out {
		return nil
	}
	return fault.New(fault.ElementUnavailable, factory, "%s is ruled out", factory).Advise("write something else")
}

// coder encodes with one of two elements, of which the first is replaceable.
type coder struct{ described }

func (coder) Build(p *element.Piece, _ element.Conf) error {
	names := []string{"x264enc", "vp8enc"}
	if p.Chooser == nil {
		return errors.New("there is no chooser")
	}
	name, err := p.Chooser.Choose(names)
	if err != nil {
		return err
	}
	p.Chain("", "", element.Part{Name: "enc", Factory: name, Replaceable: name == names[0]})
	p.Enter("video", "", element.Pad{Part: "enc"})
	p.Exit("video", "", element.Pad{Part: "enc"}, element.Format{Kind: media.Video})
	return nil
}

func choosing(t *testing.T, c element.Chooser, in plan.Inputs) (*plan.Plan, error) {
	t.Helper()
	own := []element.Declared{coder{described{element.Spec{Name: "test.coder", Domain: element.Gst, Ports: []element.Port{
		element.In("video", media.Video).Raw(), element.Out("video", media.Video),
	}}}}}
	reg, err := element.NewRegistry(fake(), own, nil)
	if err != nil {
		t.Fatal(err)
	}
	g, lib := parse(t, "graph: v1\nnodes:\n  a: videotestsrc\n  one: test.coder\n  x: filesink location=x\n  b: videotestsrc\n  two: test.coder\n"+
		"  y: filesink location=y\nlinks:\n  - a -> one -> x\n  - b -> two -> y\n")
	tmpl, err := plan.Compile(g, lib, reg.Choosing(c))
	if err != nil {
		return nil, err
	}
	return tmpl.Resolve(in)
}

// TestWithout: a node does without an element that failed there, and other nodes keep theirs; the last one there is stays.
func TestWithout(t *testing.T) {
	for name, c := range map[string]struct {
		without map[string][]string
		want    []string
	}{
		"none failed":     {nil, []string{"one-enc x264enc true", "two-enc x264enc true"}},
		"one did":         {map[string][]string{"two": {"x264enc"}}, []string{"one-enc x264enc true", "two-enc vp8enc false"}},
		"nothing is left": {map[string][]string{"one": {"vp8enc", "x264enc"}}, []string{"one-enc x264enc true", "two-enc x264enc true"}},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := choosing(t, first{}, plan.Inputs{Without: c.without})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range p.Pipelines {
				for _, e := range l.Elements {
					if e.Role == plan.RolePart {
						got = append(got, e.Name+" "+e.Factory+map[bool]string{true: " true", false: " false"}[e.Replaceable])
					}
				}
			}
			if slices.Sort(got); !slices.Equal(got, c.want) {
				t.Errorf("%v, not %v", got, c.want)
			}
		})
	}
}

// TestRuledOut: a plan with an element that is ruled out is refused, whoever put it in.
func TestRuledOut(t *testing.T) {
	for element, place := range map[string]string{"x264enc": "g/one", "filesink": "g/x"} {
		_, err := choosing(t, first{out: element}, plan.Inputs{})
		var f *fault.Fault
		if !errors.As(err, &f) || f.Code != fault.ElementUnavailable || f.Place != place || f.Hint != "write something else" {
			t.Errorf("%s: %v", element, err)
		}
	}
	if _, err := choosing(t, first{out: "vp8enc"}, plan.Inputs{}); err != nil {
		t.Errorf("what is not in the plan is in its way: %v", err)
	}
}
