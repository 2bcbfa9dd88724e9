package shape

import (
	"testing"
	"time"

	"sluice/engine/element"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/stat"
)

func TestPulse(t *testing.T) {
	type count struct {
		second int
		units  uint64
		alive  bool
	}
	for _, c := range []struct {
		name   string
		counts []count
	}{
		{"young", []count{{0, 0, true}, {9, 0, true}}},
		{"silent", []count{{0, 7, true}, {10, 7, false}}},
		{"a burst", []count{{0, 0, true}, {5, 2, true}, {10, 2, false}}},
		{"enough", []count{{0, 0, true}, {5, 3, true}, {10, 3, true}, {15, 3, false}}},
		{"counting began anew", []count{{0, 1000, true}, {5, 0, true}, {12, 1001, true}, {15, 1001, true}, {22, 1001, false}}},
	} {
		var p Pulse
		begin := time.Now()
		for _, x := range c.counts {
			if got := p.Alive(begin.Add(time.Duration(x.second)*time.Second), x.units, 10*time.Second); got != x.alive {
				t.Errorf("%s: at %d s %v", c.name, x.second, got)
			}
		}
	}
}

func TestMoved(t *testing.T) {
	at := func(position time.Duration, units uint64) run.Report {
		return run.Report{Position: position, Samples: []run.Sample{{Name: "a"}, {Name: "b", Counts: stat.Snapshot{Units: units}}}}
	}
	if Moved(at(1, 2), at(1, 2)) {
		t.Error("nothing has moved")
	}
	if !Moved(at(1, 2), at(2, 2)) || !Moved(at(1, 2), at(1, 3)) {
		t.Error("it moved")
	}
}

func TestDiffer(t *testing.T) {
	with := func(domain element.Domain, text, prop string) *plan.Plan {
		return &plan.Plan{
			Nodes:     []plan.Node{{Name: "n", Domain: domain, Settings: []plan.Setting{{Name: "s", Text: text}}}},
			Pipelines: []plan.Pipeline{{Elements: []plan.Element{{Name: "e", Props: []plan.Setting{{Name: "p", Text: prop}}}}}},
		}
	}
	for name, c := range map[string]struct {
		from, to *plan.Plan
		want     bool
	}{
		"the same":              {with(element.Gst, "a", "a"), with(element.Gst, "a", "a"), false},
		"a property":            {with(element.Go, "a", "a"), with(element.Go, "a", "b"), true},
		"a setting":             {with(element.Gst, "a", "a"), with(element.Gst, "b", "a"), true},
		"a setting of Go's own": {with(element.Go, "a", "a"), with(element.Go, "b", "a"), false},
	} {
		if got := Differ(c.from, c.to); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
