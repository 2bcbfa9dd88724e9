package load

import (
	"fmt"
	"math"
	"testing"
	"time"
)

const window = 5 * time.Second

// bench is a machine whose workers use what they are told.
type bench struct {
	m    Meter
	now  time.Time
	own  time.Duration
	used map[int]time.Duration
}

func newBench() *bench { return &bench{now: time.Unix(1, 0), used: map[int]time.Duration{}} }

// pass lets windows pass in which each process uses so many CPUs.
func (b *bench) pass(n int, own float64, cpus map[int]float64, list ...Used) {
	for range n {
		b.now = b.now.Add(window)
		b.own += time.Duration(own * float64(window))
		for pid, c := range cpus {
			b.used[pid] += time.Duration(c * float64(window))
		}
		for i := range list {
			list[i].CPU = b.used[list[i].PID]
		}
		b.m.Take(b.now, b.own, list)
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 0.001 }

// What costs more than was thought holds more as soon as that is known, and what costs less, less, when it has run for a while.
func TestHolds(t *testing.T) {
	for _, row := range []struct {
		name    string
		thought float64
		costs   float64
		waits   bool
		soon    float64 // after three windows
		late    float64 // after ten
	}{
		{"dearer", 0.3, 0.8, false, 0.8, 0.8},
		{"cheaper", 0.3, 0.2, false, 0.3, 0.2},
		{"much cheaper", 0.3, 0.1, false, 0.3, 0.15},
		{"cheaper, but a part of it waits", 0.3, 0.1, true, 0.3, 0.3},
		{"dearer, and a part of it waits", 0.3, 0.8, true, 0.8, 0.8},
	} {
		b := newBench()
		u := Used{ID: "a", Kind: "k", Estimate: row.thought, PID: 7, Waits: row.waits}
		if got := b.m.Holds("a", row.thought); got != row.thought {
			t.Errorf("%s: at first %v", row.name, got)
		}
		b.pass(1, 0, map[int]float64{7: 3}, u) // it starts, which is much
		b.pass(1, 0, map[int]float64{7: 3}, u)
		b.pass(2, 0, map[int]float64{7: row.costs}, u)
		if got := b.m.Holds("a", row.thought); !near(got, row.soon) {
			t.Errorf("%s: soon %v, want %v", row.name, got, row.soon)
		}
		b.pass(7, 0, map[int]float64{7: row.costs}, u)
		if got := b.m.Holds("a", row.thought); !near(got, row.late) {
			t.Errorf("%s: late %v, want %v", row.name, got, row.late)
		}
	}
}

// Of what is busy now and then the busiest of the latest windows counts.
func TestTheBusiestCounts(t *testing.T) {
	b, u := newBench(), Used{ID: "a", Estimate: 0.1, PID: 7}
	b.pass(10, 0, map[int]float64{7: 0.1}, u)
	b.pass(1, 0, map[int]float64{7: 0.5}, u)
	b.pass(windows-1, 0, map[int]float64{7: 0.1}, u)
	if got, _ := b.m.Measured("a"); !near(got, 0.5) {
		t.Errorf("%v, want 0.5", got)
	}
	b.pass(1, 0, map[int]float64{7: 0.1}, u)
	if got, _ := b.m.Measured("a"); !near(got, 0.1) {
		t.Errorf("%v, want 0.1", got)
	}
}

// What a shared worker uses is divided by the estimates.
func TestSharedWorker(t *testing.T) {
	b := newBench()
	b.pass(4, 0, map[int]float64{7: 0.9}, Used{ID: "a", Estimate: 0.1, PID: 7}, Used{ID: "b", Estimate: 0.2, PID: 7}, Used{ID: "c", PID: 8})
	for id, want := range map[string]float64{"a": 0.3, "b": 0.6, "c": 0} {
		if got, ok := b.m.Measured(id); !ok || !near(got, want) {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
	}
}

// What one instance cost is expected of the next of its kind, and of no other.
func TestExpected(t *testing.T) {
	b := newBench()
	b.pass(10, 0.25, map[int]float64{7: 0.05}, Used{ID: "a", Kind: "k", Estimate: 0.3, PID: 7})
	b.pass(1, 0.25, nil)
	if got := b.m.Expected("k", 0.3); !near(got, 0.15) {
		t.Errorf("%v, want half of the estimate", got)
	}
	if got := b.m.Expected("other", 0.3); got != 0.3 {
		t.Errorf("another kind: %v", got)
	}
	if _, ok := b.m.Measured("a"); ok {
		t.Error("what has ended is still there")
	}
	if got := b.m.Own(); !near(got, 0.25) {
		t.Errorf("this process: %v, want 0.25", got)
	}
}

// What an instance cost before it changed is not held against it.
func TestChanged(t *testing.T) {
	b, u := newBench(), Used{ID: "a", Estimate: 0.1, PID: 7}
	b.pass(10, 0, map[int]float64{7: 0.9}, u)
	b.m.Changed("a")
	if got := b.m.Holds("a", 0.2); got != 0.2 {
		t.Errorf("%v, want 0.2", got)
	}
}

// Kinds are remembered up to a number.
func TestKindsAreBounded(t *testing.T) {
	var m Meter
	for n := range 2 * kinds {
		m.learn(fmt.Sprint(n), 1)
	}
	if len(m.kinds) != kinds {
		t.Errorf("%d kinds", len(m.kinds))
	}
}

// A worker that is replaced by another of the same number, and times that stand still, make no nonsense.
func TestNoNonsense(t *testing.T) {
	var m Meter
	now := time.Unix(1, 0)
	for range 20 {
		m.Take(now, time.Second, []Used{{ID: "a", Estimate: 1, PID: 7, CPU: time.Hour}})
		m.Take(now.Add(window), 0, []Used{{ID: "a", Estimate: 1, PID: 7, CPU: time.Second}})
	}
	if got, _ := m.Measured("a"); got != 0 || m.Own() != 0 {
		t.Errorf("%v and %v CPUs", got, m.Own())
	}
}
