package mixer

import (
	"context"
	"errors"
	"time"

	"sluice/engine/fault"
)

// refusal is that of a stream that could not be let in, or of a room that could not begin.
type refusal struct {
	said  string        // in the log
	waits time.Duration // from one time that it is tried to the next
	until time.Time     // that comes
}

// refused takes note of what was in the way once more, and tells whether that is anything new.
func (no *refusal) refused(now time.Time, err error) bool {
	const first, last = 2 * time.Second, time.Minute
	no.waits = min(max(2*no.waits, first), last)
	no.until = now.Add(no.waits)
	said := err.Error()
	anew := said != no.said
	no.said = said
	return anew
}

// again has those who could not be let in be tried at once, since somebody has left: there is a place, or a name.
func (r *sitting) again() {
	for _, no := range r.out {
		no.until = time.Time{}
	}
}

// letIn lets in who is not there yet, and tells when those who could not be are tried again; 0 if there are none. As soon as one has found
// all places taken, the others are put off untried.
func (r *sitting) letIn(ctx context.Context, want map[string]bool) (soon time.Duration) {
	for stream := range r.out {
		if !want[stream] {
			delete(r.out, stream)
		}
	}
	var full error
	for stream := range want {
		if r.in[stream] {
			continue
		}
		if no := r.out[stream]; no == nil || !r.opt.Clock.Now().Before(no.until) {
			if full != nil {
				r.refuse(stream, full)
			} else if err := r.join(ctx, stream); noPlace(err) {
				full = err
			}
		}
		if no := r.out[stream]; no != nil {
			wait := max(no.until.Sub(r.opt.Clock.Now()), time.Millisecond)
			if soon == 0 || wait < soon {
				soon = wait
			}
		}
	}
	return soon
}

// join lets a stream in, or says what is in the way, which is logged once.
func (r *sitting) join(ctx context.Context, stream string) error {
	err := r.within(ctx, func(ctx context.Context) error { return r.mixer.Add(ctx, stream, Joining{Audio: true, Video: true}) })
	r.late = r.late || !r.mixer.plays()
	if here := r.mixer.has(stream); here || err == nil { // also if somebody let him in by hand, or what came after that failed
		r.in[stream] = true
		delete(r.out, stream)
		if !here || fault.CodeOf(err) != fault.NameInUse {
			r.told("join", stream, err)
		}
		return nil
	}
	r.refuse(stream, err)
	return err
}

// noSeat is why somebody is refused when there are as many guests as the graph has places for: in its words.
type noSeat struct{ said string }

// Error implements error.
func (n noSeat) Error() string { return n.said }

// noPlace tells whether that is why somebody was refused.
func noPlace(err error) bool {
	_, ok := errors.AsType[noSeat](err)
	return ok
}

// refuse takes note of what is in the way of a stream, and when it is tried again.
func (r *sitting) refuse(stream string, err error) {
	no := r.out[stream]
	if no == nil {
		no = &refusal{}
		r.out[stream] = no
	}
	if no.refused(r.opt.Clock.Now(), err) {
		r.told("join", stream, err)
	}
}
