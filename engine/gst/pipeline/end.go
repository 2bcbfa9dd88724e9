//go:build cgo && !nogst

package pipeline

import (
	"context"
	"slices"
	"strings"

	"sluice/engine/gst/shim"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// End ends every source. If the pipeline is to be used again, the inlets are let go of instead of ended.
func (l *Pipeline) End(again bool) {
	l.mu.Lock()
	var sources []*elem
	for _, e := range l.elems {
		e.leaving = again
		if e.inlet != nil || e.source {
			sources = append(sources, e)
		}
	}
	l.mu.Unlock()
	for _, e := range sources {
		switch {
		case e.inlet == nil:
			shim.End(e.object())
		case again:
			e.inlet.Detach(e.object())
			shim.EndFeed(e.object())
		default:
			e.inlet.Mark(run.End)
		}
	}
}

// Await waits until all sinks have ended, and gives those that have not when ctx is done or the pipeline fails, by name.
func (l *Pipeline) Await(ctx context.Context) []plan.Element {
	var late []plan.Element
	for _, e := range l.await(ctx, func(*elem) bool { return true }) {
		late = append(late, e.Element)
	}
	return late
}

// await waits for some sinks. Those of a branch that fails, or that leave, are waited for no longer.
func (l *Pipeline) await(ctx context.Context, which func(*elem) bool) []*elem {
	for {
		late := l.late(which)
		if len(late) == 0 || l.Failure() != nil {
			return late
		}
		select {
		case <-l.wake:
		case <-l.around.Stopping:
			return late
		case <-ctx.Done():
			return l.late(which)
		}
	}
}

// late lists the sinks that have not ended.
func (l *Pipeline) late(which func(*elem) bool) []*elem {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []*elem
	for _, e := range l.elems {
		if e.sink && !e.ended && which(e) && l.ailing[l.dispensable(e)] == nil {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b *elem) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// rouse wakes who waits for something that may have happened.
func (l *Pipeline) rouse() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}
