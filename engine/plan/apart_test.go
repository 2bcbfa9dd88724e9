package plan

import (
	"testing"
)

// TestLoose: what comes and goes by itself may do so while the rest plays, and nothing else.
func TestLoose(t *testing.T) {
	branches := []Branch{{Name: "mix/still", Kind: Apart}, {Name: "seat[ann]", Kind: Keyed}}
	base := Pipeline{
		Branches: branches,
		Elements: []Element{{Name: "a", Factory: "x"}, {Name: "m", Factory: "x"}, {Name: "s", Factory: "x", Branch: "mix/still"}},
		Links:    []Link{{From: Pad{Of: "a"}, To: Pad{Of: "m"}}, {From: Pad{Of: "s"}, To: Pad{Of: "m"}}},
	}
	for name, c := range map[string]struct {
		to   Pipeline
		want bool
	}{
		"the same":              {base, true},
		"a still goes":          {Pipeline{Elements: base.Elements[:2], Links: base.Links[:1]}, true},
		"something else goes":   {Pipeline{Branches: branches, Elements: base.Elements[1:], Links: base.Links[1:]}, false},
		"a link of others goes": {Pipeline{Branches: branches, Elements: base.Elements, Links: base.Links[1:]}, false},
		"a guest comes": {Pipeline{
			Branches: branches, Links: base.Links,
			Elements: append([]Element{{Name: "g", Factory: "x", Branch: "seat[ann]"}}, base.Elements...),
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Compare(&base, &c.to).Loose(&base, &c.to); got != c.want {
				t.Errorf("loose: %t", got)
			}
			if got := Compare(&c.to, &base).Loose(&c.to, &base); got != c.want {
				t.Errorf("loose the other way: %t", got)
			}
		})
	}
}

// TestStands: a link that stands in for another one than before is still the same link, and how long a change takes is no change.
func TestStands(t *testing.T) {
	pipeline := func(instead, volume string, over Span) *Pipeline {
		return &Pipeline{
			Elements: []Element{{Name: "a"}, {Name: "m", Role: RolePart, Props: []Setting{{Name: "volume", Text: volume, Over: over}}}},
			Links:    []Link{{From: Pad{Of: "a"}, To: Pad{Of: "m"}, Instead: instead}},
		}
	}
	d := Compare(pipeline("", "1", 1), pipeline("b", "1", 2))
	if d.Structural() || len(d.Stands) != 1 || d.Stands[0].Instead != "b" || len(d.Props) != 0 {
		t.Errorf("%+v", d)
	}
	if d := Compare(pipeline("b", "1", 1), pipeline("b", "2", 1)); len(d.Stands) != 0 || len(d.Props) != 1 || d.Props[0].Setting.Over != 1 {
		t.Errorf("%+v", d)
	}
	bare := pipeline("b", "1", 1)
	bare.Elements[1].Props = nil
	if d := Compare(pipeline("b", "1", 1), bare); !d.Empty() {
		t.Errorf("a part keeps what is not set any more: %+v", d)
	}
}
