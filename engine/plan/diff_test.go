package plan

import (
	"testing"

	"pgregory.net/rapid"
)

// line is a pipeline of elements one after the other.
func line(names ...string) *Pipeline {
	p := &Pipeline{}
	for i, n := range names {
		p.Elements = append(p.Elements, Element{Name: n, Factory: "identity"})
		if i > 0 {
			p.Links = append(p.Links, Link{From: Pad{Of: names[i-1]}, To: Pad{Of: n}})
		}
	}
	return p
}

func TestCompareWhatComesAndGoes(t *testing.T) {
	d := Compare(line("a", "b", "c"), line("a", "d", "c"))
	if len(d.Gone) != 1 || d.Gone[0].Name != "b" || len(d.Cut) != 2 {
		t.Errorf("gone %v, cut %v", d.Gone, d.Cut)
	}
	if len(d.Come) != 1 || d.Come[0].Name != "d" || len(d.Made) != 2 || !d.Structural() {
		t.Errorf("come %v, made %v", d.Come, d.Made)
	}
}

func TestCompareAnotherFactory(t *testing.T) {
	to := line("a", "b", "c")
	to.Elements[1].Factory = "queue"
	if d := Compare(line("a", "b", "c"), to); len(d.Gone) != 1 || len(d.Come) != 1 || len(d.Cut) != 2 || len(d.Made) != 2 {
		t.Errorf("%+v: an element of another factory is another element, and its links are made anew", d)
	}
}

func TestCompareValues(t *testing.T) {
	from, to := line("a", "mix"), line("a", "mix")
	from.Elements[0].Props = []Setting{{Name: "volume", Text: "1"}, {Name: "mute", Text: "true"}}
	to.Elements[0].Props = []Setting{{Name: "volume", Text: "2"}}
	from.Links[0].PadProps = []Setting{{Name: "xpos", Text: "0"}, {Name: "ypos", Text: "0"}}
	to.Links[0].PadProps = []Setting{{Name: "xpos", Text: "640"}, {Name: "ypos", Text: "0"}}
	d := Compare(from, to)
	if d.Structural() || d.Empty() {
		t.Errorf("%+v", d)
	}
	if len(d.Props) != 1 || d.Props[0].Element != "a" || d.Props[0].Setting.Text != "2" {
		t.Errorf("props %+v", d.Props)
	}
	if len(d.PadProps) != 1 || d.PadProps[0].Link.To.Of != "mix" || d.PadProps[0].Setting.Text != "640" {
		t.Errorf("pad props %+v", d.PadProps)
	}
	if len(d.Unsettled) != 1 || d.Unsettled[0].Setting.Name != "mute" {
		t.Errorf("unsettled %+v", d.Unsettled)
	}
}

// A diff that is applied gives the new plan; one between equals is empty.
func TestCompareLeadsThere(t *testing.T) {
	names := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}), rapid.ID[string])
	rapid.Check(t, func(t *rapid.T) {
		from, to := line(names.Draw(t, "from")...), line(names.Draw(t, "to")...)
		if !Compare(from, from).Empty() {
			t.Fatal("a plan differs from itself")
		}
		d := Compare(from, to)
		if got, want := len(from.Elements)-len(d.Gone)+len(d.Come), len(to.Elements); got != want {
			t.Fatalf("%d elements, want %d", got, want)
		}
		if got, want := len(from.Links)-len(d.Cut)+len(d.Made), len(to.Links); got != want {
			t.Fatalf("%d links, want %d", got, want)
		}
	})
}
