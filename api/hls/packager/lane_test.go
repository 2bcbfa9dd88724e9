package packager

import (
	"testing"

	"pgregory.net/rapid"
)

// TestLane holds a lane to what a plain slice does.
func TestLane(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l lane
		var model []int64
		next, bytes := int64(0), 0
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			if len(model) > 0 && rapid.Bool().Draw(t, "pop") {
				s := l.pop()
				if s.at != model[0] {
					t.Fatalf("%d came, want %d", s.at, model[0])
				}
				model, bytes = model[1:], bytes-s.size
				continue
			}
			next++
			l.push(sample{at: next, size: int(next)})
			model, bytes = append(model, next), bytes+int(next)
		}
		if len(l.queue) != len(model) || l.bytes != bytes || cap(l.room) > 4*300 {
			t.Fatalf("%d wait with %d bytes in room for %d, want %d with %d", len(l.queue), l.bytes, cap(l.room), len(model), bytes)
		}
	})
}

func TestLaneTakesNoMemoryInPassing(t *testing.T) {
	var l lane
	l.push(sample{})
	if n := testing.AllocsPerRun(1000, func() {
		l.push(sample{})
		l.push(sample{})
		l.pop()
		l.pop()
	}); n > 0.1 {
		t.Errorf("%v allocations for two samples", n)
	}
}
