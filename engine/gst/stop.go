//go:build cgo && !nogst

package gst

import (
	"context"
	"sync"

	"sluice/engine/fault"
	"sluice/engine/run"
)

// Drain implements run.Runtime.
func (r *Runtime) Drain(ctx context.Context) error {
	return r.perform(ctx, run.CallDrain, func(ctx context.Context) error {
		for _, leg := range r.running() {
			leg.Mark(run.End)
		}
		r.build.Lock()
		lines := r.playing()
		for _, l := range lines {
			l.End(false)
		}
		r.build.Unlock()
		for _, l := range lines {
			late := l.Await(ctx)
			if err := l.Failure(); err != nil {
				return err // though all sinks may have ended: a source that fails ends its stream, too
			}
			if len(late) == 0 {
				continue
			}
			return fault.New(fault.Stalled, late[0].Node, "%q (%s) does not take the end of its stream", late[0].Name, late[0].Factory).
				Because(context.Cause(ctx)).Advise("its peer does not take its media, or policy.drain is too short")
		}
		return nil
	})
}

// Stop implements run.Runtime.
func (r *Runtime) Stop(ctx context.Context) error {
	if _, ok := ctx.Deadline(); !ok {
		return r.unbounded(run.CallStop)
	}
	r.mu.Lock()
	first := r.phase != run.Closed
	busy := r.busy
	r.phase = run.Closed
	r.mu.Unlock()
	if !first {
		select {
		case <-r.done:
			return r.stopErr
		case <-ctx.Done():
			return fault.New(fault.Lost, r.id, "another stop hangs").Because(ctx.Err())
		}
	}
	close(r.stopping)
	r.notes.close()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		r.end(busy)
	}()
	select {
	case <-gone:
	case <-ctx.Done():
		r.stopErr = r.lostIn("stop").Because(ctx.Err())
	}
	close(r.done)
	return r.stopErr
}

// end ends everything. What is at work beside it ends because the pipelines do, and only then are they released: it uses
// them. busy is closed when the call at work is done.
func (r *Runtime) end(busy <-chan struct{}) {
	var all sync.WaitGroup
	for _, l := range r.playingAll() {
		all.Go(func() {
			l.Shut()
			l.Halt()
		})
	}
	for _, leg := range r.allLegs() {
		all.Go(leg.Stop)
	}
	all.Wait()
	if busy != nil {
		<-busy
	}
	r.mu.Lock()
	hears := r.hears
	r.mu.Unlock()
	if hears {
		<-r.heard
	}
	r.work.Wait()
	for _, l := range r.playingAll() {
		r.dismiss(l)
	}
	for _, leg := range r.allLegs() { // one that a call had just begun
		leg.Stop()
	}
}
