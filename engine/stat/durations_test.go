package stat_test

import (
	"sync"
	"testing"
	"time"

	"sluice/engine/stat"
)

func TestDurationsAreCountedInTheirClasses(t *testing.T) {
	var d stat.Durations
	for _, took := range []time.Duration{-time.Second, 0, 5 * time.Millisecond, 6 * time.Millisecond, 30 * time.Second, time.Minute} {
		d.Observe(took)
	}
	s := d.Snapshot()
	if s.Count != 6 || s.Sum != 90*time.Second+11*time.Millisecond {
		t.Errorf("%d in %s", s.Count, s.Sum)
	}
	last := len(s.AtMost) - 1
	if s.AtMost[0] != 3 || s.AtMost[1] != 4 || s.AtMost[last-1] != 4 || s.AtMost[last] != 5 {
		t.Errorf("classes: %v", s.AtMost)
	}
}

func TestBoundsRise(t *testing.T) {
	last := time.Duration(0)
	for _, b := range stat.Bounds() {
		if b <= last {
			t.Errorf("%s does not follow %s", b, last)
		}
		last = b
	}
}

func TestDurationsAreCountedByManyAtATime(t *testing.T) {
	var d stat.Durations
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 1000 {
				d.Observe(time.Millisecond)
			}
		})
	}
	all.Wait()
	if s := d.Snapshot(); s.Count != 8000 || s.Sum != 8*time.Second {
		t.Errorf("%d in %s", s.Count, s.Sum)
	}
}

func TestObservingDoesNotAllocate(t *testing.T) {
	var d stat.Durations
	if n := testing.AllocsPerRun(100, func() { d.Observe(time.Hour) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
