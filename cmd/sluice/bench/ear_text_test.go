package bench

import (
	"log/slog"
	"testing"
)

// The lines of Go's collector are understood, and counted for the process that wrote them.
func TestEarCountsCollections(t *testing.T) {
	e := newEar()
	log := slog.New(e)
	log.With("worker", 7).Debug("a worker is ready")
	for _, text := range []string{
		"gc 1 @0.010s 1%: 0.01+0.5+0.01 ms clock, 0.02+0.1/0.3/0.5+0.02 ms cpu, 4->5->1 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P",
		"gc 2 @0.020s 1%: 0.01+0.5+0.01 ms clock, 0.02+0.1/0.3/0.5+0.02 ms cpu, 3->3->1 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P",
		"gc 3 @120.0s 1%: 0.01+0.5+0.01 ms clock, 0.02+0.1/0.3/0.5+0.02 ms cpu, 1->1->1 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P (forced)",
		"something else, 8->8->8 MB",
	} {
		log.With("worker", 7).Info("worker says", "text", text)
	}
	if cycles, garbage, ok := e.of(7); cycles != 2 || garbage != 6 || !ok {
		t.Errorf("%d collections of %d MB, all heard: %t", cycles, garbage, ok)
	}
	if cycles, _, _ := e.of(8); cycles != 0 {
		t.Errorf("another process collected %d times", cycles)
	}
	if w := e.workers(); len(w) != 1 || w[0] != 7 {
		t.Errorf("workers %v", w)
	}
	log.With("worker", 7).Info("worker says", "text", "gc 9 @1s (after 3 lines left out)")
	if _, _, ok := e.of(7); ok {
		t.Error("lines that were left out were not noticed")
	}
}
