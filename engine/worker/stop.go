package worker

import (
	"context"
	"time"

	"sluice/engine/fault"
	"sluice/engine/run"
	"sluice/engine/worker/frame"
)

// reap is how long a process that was killed may take to be gone, after the context's end.
const reap = time.Second

// Stop implements run.Runtime. The worker is asked to stop the instance; one that does not, or that has no instance
// left, is asked to end, then told to by SIGTERM, then killed, all within the context's time: each step gets half of what
// is left of it, and Options.Grace at most.
func (r *Runtime) Stop(ctx context.Context) error {
	if err := bounded(ctx, run.CallStop); err != nil {
		return err
	}
	r.mu.Lock()
	again := r.phase == run.Closed
	r.phase = run.Closed
	r.mu.Unlock()
	if again {
		select {
		case <-r.stopped:
			return r.stopErr
		case <-ctx.Done():
			return fault.New(fault.Lost, r.id, "the first stop has not returned")
		}
	}
	close(r.closing)
	r.gate.Close()
	r.call.Lock() // the call at work has noticed
	defer r.call.Unlock()
	r.stopErr = r.finish(ctx)
	close(r.stopped)
	return r.stopErr
}

// finish takes the instance out of its worker.
func (r *Runtime) finish(ctx context.Context) error {
	r.mu.Lock()
	l, number := r.link, r.number
	for _, in := range r.inlets {
		in.Close()
	}
	r.mu.Unlock()
	if l == nil {
		return nil
	}
	if !r.leaves(ctx) {
		l.blame(fault.New(fault.Lost, "", "an instance does not stop in its worker, which was killed"))
	}
	l.leave(number)
	if !r.pool.give(l) {
		return nil // others are in it
	}
	if !l.quit(ctx) {
		return fault.New(fault.Lost, r.id, "the worker, process %d, was killed and is not gone", l.proc.PID())
	}
	return nil
}

// leaves tells whether the worker has stopped the instance, or is dead.
func (r *Runtime) leaves(ctx context.Context) bool {
	ctx, end := context.WithTimeout(ctx, share(ctx, r.pool.o.Grace))
	defer end()
	m := frame.Message{Kind: frame.Change, Instance: r.number}
	_, answers, err := r.link.send(m, order{Call: run.CallStop, Timeout: remaining(ctx)}, false)
	if err != nil {
		answers = nil
	}
	select {
	case a := <-answers:
		return a.Fault == nil || a.Fault.Code == fault.Closed // it was never let in
	case <-r.link.dead:
		return true
	case <-ctx.Done():
		return false
	}
}

// quit ends the worker, gently if there is time; false if it is not gone for all that.
func (l *link) quit(ctx context.Context) bool {
	l.blame(fault.New(fault.Closed, "", "the worker was stopped"))
	_ = l.proc.Conn().CloseWrite() // fails if the connection is broken, and then the worker knows
	if l.gone(ctx, share(ctx, l.o.Grace)) {
		return true
	}
	l.proc.Terminate()
	if l.gone(ctx, share(ctx, l.o.Grace)) {
		return true
	}
	l.proc.Kill()
	return l.gone(context.WithoutCancel(ctx), remaining(ctx)+reap)
}

// gone waits for the worker's end for so long at most.
func (l *link) gone(ctx context.Context, most time.Duration) bool {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-l.dead:
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}

// share is half of the time that a context leaves, but no more than most.
func share(ctx context.Context, most time.Duration) time.Duration {
	if _, ok := ctx.Deadline(); !ok {
		return most
	}
	return min(most, remaining(ctx)/2)
}
