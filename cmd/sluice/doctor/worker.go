package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sluice/engine/fault"
)

const (
	starts    = 5                      // the first one fills the caches
	slowStart = 150 * time.Millisecond // seven times what was measured on an idle machine
)

// worker starts some workers, one after the other, and tells the median and the slowest.
func worker(ctx context.Context, m *Machine) []Finding {
	if m.Spawn == nil {
		return skipped("this build has none")
	}
	times := make([]time.Duration, 0, starts)
	for range starts {
		took, err := m.Spawn(ctx)
		var f *fault.Fault
		if errors.As(err, &f) && f.Hint != "" {
			return bad(Fail, "a worker does not start: "+f.Msg, f.Hint)
		}
		if err != nil {
			return bad(Fail, fmt.Sprintf("a worker does not start: %v", err), "run `sluice worker` by hand and see what it says")
		}
		times = append(times, took)
	}
	slices.Sort(times)
	median, slowest := times[len(times)/2].Round(time.Millisecond), times[len(times)-1].Round(time.Millisecond)
	if times[len(times)/2] > slowStart {
		return bad(Warn, fmt.Sprintf("a worker takes %s to start, the slowest %s: the first media will be late by that", median, slowest),
			"see whether the machine is busy, and whether GStreamer's cache (above) can be written")
	}
	return good("starts in %s, the slowest of %d in %s", median, starts, slowest)
}
