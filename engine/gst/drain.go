//go:build cgo && !nogst

package gst

import (
	"context"
	"slices"
	"strings"

	"sluice/engine/fault"
	"sluice/engine/gst/shim"
	"sluice/engine/run"
)

// Drain implements run.Runtime.
func (r *Runtime) Drain(ctx context.Context) error {
	return r.perform(ctx, run.CallDrain, func(ctx context.Context) error {
		r.build.Lock()
		defer r.build.Unlock()
		for _, leg := range r.running() {
			leg.Mark(run.End)
		}
		lines := r.playing()
		for _, l := range lines {
			l.end()
		}
		for _, l := range lines {
			if late := l.await(ctx, func(*elem) bool { return true }); len(late) > 0 {
				if err := l.failure(); err != nil {
					return err
				}
				return fault.New(fault.Stalled, late[0].Node, "%q (%s) does not take the end of its stream", late[0].Name, late[0].Factory).
					Because(context.Cause(ctx)).Advise("its peer does not take its media, or policy.drain is too short")
			}
		}
		return nil
	})
}

// end ends every source.
func (l *pipeline) end() {
	l.mu.Lock()
	var sources []*elem
	for _, e := range l.elems {
		if e.inlet != nil || e.source {
			sources = append(sources, e)
		}
	}
	l.mu.Unlock()
	for _, e := range sources {
		if e.inlet != nil {
			e.inlet.Mark(run.End)
			continue
		}
		shim.End(e.object())
	}
}

// await waits until sinks have ended, and gives those that have not when ctx is done or the pipeline fails, by name.
func (l *pipeline) await(ctx context.Context, which func(*elem) bool) []*elem {
	for {
		late := l.late(which)
		if len(late) == 0 {
			return nil
		}
		select {
		case <-l.ending:
		case <-l.failing:
			return late
		case <-l.rt.stopping:
			return late
		case <-ctx.Done():
			return l.late(which)
		}
	}
}

// late lists the sinks that have not ended.
func (l *pipeline) late(which func(*elem) bool) []*elem {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []*elem
	for _, e := range l.elems {
		if e.sink && !e.ended && !l.over && which(e) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b *elem) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// failure is the first error that an element posted; nil if none has.
func (l *pipeline) failure() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed
}
