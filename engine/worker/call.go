package worker

import (
	"context"
	"errors"
	"time"

	"sluice/engine/fault"
	"sluice/engine/run"
	"sluice/engine/worker/frame"
)

// late is how long after the end of a call's context the worker has to answer: its side of the call ends with the same
// context, and it knows better what hangs.
const late = 500 * time.Millisecond

// do makes one call: refuses it if it is out of order, and else keeps account of where it leads.
func (r *Runtime) do(ctx context.Context, c run.Call, work func(context.Context) error) error {
	if err := bounded(ctx, c); err != nil {
		return err
	}
	if !r.call.TryLock() {
		return fault.New(fault.Internal, r.id, "%s called while another call is at work", c)
	}
	defer r.call.Unlock()
	r.mu.Lock()
	next, err := r.phase.After(c)
	r.mu.Unlock()
	if err != nil {
		return err
	}
	err = work(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.phase == run.Closed:
		return r.closed(c)
	case err == nil, c == run.CallDrain && fault.CodeOf(err) != fault.Lost:
		r.phase = next
	case c != run.CallApply || fault.CodeOf(err) == fault.Lost:
		r.phase = run.Spoilt
	}
	return err
}

func (r *Runtime) closed(c run.Call) error {
	return fault.New(fault.Closed, r.id, "stopped during %s", c)
}

// bounded refuses a context that could let a call hang for ever.
func bounded(ctx context.Context, c run.Call) error {
	if _, ok := ctx.Deadline(); !ok {
		return fault.New(fault.Internal, "", "%s called without a deadline", c)
	}
	return nil
}

// ask sends a call to the worker and waits for its answer, the worker's death, the Runtime's Stop, or the context's end.
func (r *Runtime) ask(ctx context.Context, m frame.Message, body any, behind bool) (reply, error) {
	m.Instance = r.number
	id, answers, err := r.link.send(m, body, behind)
	if err != nil {
		return reply{}, r.unsent(err)
	}
	done := ctx.Done()
	var timer <-chan time.Time
	for {
		select {
		case a := <-answers:
			return a, r.verdict(a)
		case <-r.link.dead:
			return reply{}, at(r.link.fate(), r.id)
		case <-r.closing:
			return reply{}, fault.New(fault.Closed, r.id, "stopped")
		case <-done:
			done = nil
			// Not waited for, and a worker that cannot be told is killed soon anyway.
			_ = r.link.post(frame.Message{Kind: frame.Change, Instance: r.number}, order{Call: cancel, Of: id}, false)
			timer = time.After(late)
		case <-timer:
			return reply{}, r.hangs("a call hangs in the worker, which was killed")
		}
	}
}

// unsent is the error of a call that could not be sent.
func (r *Runtime) unsent(err error) error {
	if fault.CodeOf(err) == fault.InvalidRequest {
		return atPlace(err, r.id)
	}
	select {
	case <-r.link.dead:
		return at(r.link.fate(), r.id)
	case <-time.After(late): // the connection is broken, and the death follows; or it reads nothing
		return r.hangs("the worker takes no calls and was killed")
	}
}

// verdict is the error in an answer. A worker that gives up a call has something in it that hangs for good.
func (r *Runtime) verdict(a reply) error {
	err := a.Fault.Err(r.link.veil.Hide)
	var f *fault.Fault
	if errors.As(err, &f) && f.Code == fault.Lost {
		r.link.kill(f)
	}
	return err
}

func (r *Runtime) hangs(what string) error {
	f := fault.New(fault.Lost, r.id, "%s", what)
	r.link.kill(f)
	return f
}
