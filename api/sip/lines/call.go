package lines

import (
	"context"
	"crypto/rand"
	"net/netip"
	"sync"
	"time"

	"sluice/api/calls"
	"sluice/api/sip/dialog"
	"sluice/api/sip/leg"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// Call is one call of a line. Safe for concurrent use. It is calls.Call.
type Call struct {
	id    string
	line  *Line
	began time.Time
	leg   *leg.Leg
	peer  netip.Addr                 // where who calls in is; zero for calls of ours
	done  chan struct{}              // closed when nothing of it runs
	reach func(netip.AddrPort) error // of who calls in, why he may not have us go there; nil: as accounts from outside

	telling sequence // of the watcher
	agreed  sync.Mutex

	mu      sync.Mutex
	about   calls.About
	watcher calls.Watcher
	dialog  *dialog.Dialog
	current *ears       // of the dialog
	local   []byte      // our description, once there is one for the first offer
	took    bool        // it was answered
	cause   calls.Cause // why we end it, if it is not just so
	limit   *time.Timer // of its ringing
	moving  *ears       // of a dialog that a transfer asked for, until that is the call's or has ended
	moves   int         // transfers that were asked for
}

var _ calls.Call = (*Call)(nil)

func newCall(l *Line, id string, about calls.About) *Call {
	if id == "" {
		id = rand.Text()
	}
	c := &Call{id: id, line: l, began: time.Now(), done: make(chan struct{}), about: about}
	c.about.ID, c.about.Began, c.about.State = id, c.began, calls.Trying
	return c
}

// ID implements calls.Call.
func (c *Call) ID() string { return c.id }

// Line is the line that has it.
func (c *Call) Line() *Line { return c.line }

// Done is closed when the call is over and nothing of it runs.
func (c *Call) Done() <-chan struct{} { return c.done }

// gone ends a call that was counted in, when nothing of it runs.
func (c *Call) gone() {
	close(c.done)
	c.line.lines.work.Done()
}

// About implements calls.Call.
func (c *Call) About() calls.About {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.about
}

// Media implements calls.Call.
func (c *Call) Media() any {
	if c.leg == nil {
		return nil // and no Leg that is a nil pointer
	}
	select {
	case <-c.leg.Agreed():
		return c.leg
	default:
		return nil
	}
}

// waits tells whether the call came in and nobody has answered it.
func (c *Call) waits() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.about.Incoming && !c.took && !c.about.State.Over()
}

// change changes what is told of the call, and tells it; f says whether there is anything to tell. What is over does not change.
func (c *Call) change(f func(*calls.About) bool) {
	c.mu.Lock()
	if c.about.State.Over() || !f(&c.about) {
		c.mu.Unlock()
		return
	}
	now := c.about
	c.mu.Unlock()
	c.telling.do(func() {
		c.mu.Lock()
		w := c.watcher
		c.mu.Unlock()
		if w != nil {
			w.Status(now)
		}
	})
}

// tell tells the watcher something else.
func (c *Call) tell(f func(calls.Watcher)) {
	c.telling.do(func() {
		c.mu.Lock()
		w := c.watcher
		c.mu.Unlock()
		if w != nil {
			f(w)
		}
	})
}

// inside is the dialog of a call that is not over.
func (c *Call) inside() (*dialog.Dialog, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dialog == nil || c.about.State.Over() {
		return nil, fault.New(fault.ResourceNotFound, "sip", "the call %.80q is over", c.id)
	}
	return c.dialog, nil
}

// Ring implements calls.Call.
func (c *Call) Ring(early bool) error {
	d, err := c.inside()
	switch {
	case err != nil:
		return err
	case !c.about.Incoming:
		return fault.New(fault.InvalidRequest, "sip", "the call %.80q did not come in", c.id)
	case early && d.Offer() != nil:
		if err := c.Agree(nil); err != nil {
			return err
		}
		if err := d.Early(c.description()); err != nil {
			return err
		}
		c.change(func(a *calls.About) bool { a.State = calls.Early; return !c.took })
		return nil
	}
	if err := d.Ring(); err != nil {
		return err
	}
	c.change(func(a *calls.About) bool {
		if a.State != calls.Trying {
			return false
		}
		a.State = calls.Ringing
		return true
	})
	return nil
}

// description is what we say of our media.
func (c *Call) description() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.local
}

// Agree settles which codecs a call that came in has, before it is answered: best is what the other side of the call has, best first. A
// call without an offer is settled when it is answered.
func (c *Call) Agree(best []string) error {
	d, err := c.inside()
	if err != nil {
		return err
	}
	c.agreed.Lock()
	defer c.agreed.Unlock()
	if c.description() != nil {
		return nil
	}
	var text []byte
	if offer := d.Offer(); offer != nil {
		text, err = c.leg.Answer(offer, codecs(best))
	} else {
		text, err = c.leg.Offer()
	}
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.local = text
	c.mu.Unlock()
	return nil
}

// Answer implements calls.Call.
func (c *Call) Answer(ctx context.Context, prefer []string) error {
	d, err := c.inside()
	if err != nil {
		return err
	}
	if err := c.Agree(prefer); err != nil { //nolint:contextcheck // keys are agreed on while the call lasts
		return err
	}
	c.mu.Lock()
	if c.took || !c.about.Incoming {
		c.mu.Unlock()
		return fault.New(fault.InvalidRequest, "sip", "the call %.80q is answered already, or did not come in", c.id)
	}
	c.took = true
	if c.limit != nil {
		c.limit.Stop()
	}
	c.mu.Unlock()
	if err := d.Answer(c.description()); err != nil {
		return err
	}
	select {
	case <-c.leg.Agreed(): // at once, unless the offer was ours
	case <-c.done:
		return fault.New(fault.Closed, "sip", "the call ended before its media was agreed on")
	case <-ctx.Done():
		return fault.New(fault.StartTimeout, "sip", "the far end has not said what it takes").Because(ctx.Err())
	}
	c.established()
	return nil
}

// established tells that the call is up.
func (c *Call) established() {
	c.leg.Answered()
	list := c.leg.Codecs()
	c.change(func(a *calls.About) bool {
		if a.State == calls.Established || a.State == calls.OnHold {
			return false
		}
		a.State, a.Code, a.Reason = calls.Established, ok, reason(ok)
		has(a, list)
		a.Held = c.leg.Held()
		return true
	})
}

// Hangup implements calls.Call.
func (c *Call) Hangup(_ context.Context, code int) error { return c.end("", code) }

// end ends the call for a cause; "" is none.
func (c *Call) end(cause calls.Cause, code int) error {
	d, err := c.inside()
	if err != nil {
		return err
	}
	c.mu.Lock()
	if c.cause == "" {
		c.cause = cause
	}
	c.mu.Unlock()
	if code == 0 {
		d.Hangup(nil)
	} else {
		d.Hangup(&dialog.Reason{Code: code, Text: reason(code)})
	}
	return nil
}

// has writes down which codecs the far end has.
func has(a *calls.About, list []media.Codec) {
	a.Codecs, a.Audio, a.Video = nil, false, false
	for _, one := range list {
		if info, ok := one.Info(); ok {
			a.Codecs = append(a.Codecs, string(one))
			a.Audio, a.Video = a.Audio || info.Kind == media.Audio, a.Video || info.Kind == media.Video
		}
	}
}
