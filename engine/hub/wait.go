package hub

import (
	"context"
	"time"

	"sluice/engine/fault"
)

// wait is one reader's waiting for something to read.
type wait struct {
	hub    *Hub
	stream *stream
	joined map[any]*flight
	failed chan error
}

// newWait begins to wait for a name, which is kept until leave.
func (h *Hub) newWait(name string) (*wait, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, h.errClosed()
	}
	s := h.stream(name)
	s.waiting++
	return &wait{hub: h, stream: s, joined: map[any]*flight{}, failed: make(chan error, 1)}, nil
}

// until returns nil once the reader was admitted somewhere.
func (w *wait) until(ctx context.Context, r *Reader) error {
	var timeout <-chan time.Time
	if r.opt.Wait > 0 {
		timeout = w.hub.opt.Clock.After(r.opt.Wait)
	}
	for {
		pub, offer, changed, err := w.look()
		if err != nil {
			return err
		}
		c := w.hub.answer(r, pub, offer)
		if c.err == nil {
			if ok, err := w.hub.admit(r, pub, offer, c.picks); ok || err != nil {
				return err
			}
			continue // it changed in the same moment
		}
		if r.opt.Wait <= 0 || pub != nil && len(c.needs) == 0 {
			return c.err
		}
		w.join(c.needs) //nolint:contextcheck // the calls are shared with other readers, so the hub's context is theirs
		select {
		case <-changed:
		case err := <-w.failed:
			return err
		case <-timeout:
			return late(r, c)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// look is what is published now, and what tells when that changes.
func (w *wait) look() (pub *Publication, offer []*track, changed <-chan struct{}, err error) {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	if w.hub.closed {
		return nil, nil, nil, w.hub.errClosed()
	}
	if pub = w.stream.pub; pub != nil {
		offer = pub.offer
	}
	return pub, offer, w.stream.changed, nil
}

// join has everything asked for that is needed now, and nothing else.
func (w *wait) join(needs []need) {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	now := make(map[any]*flight, len(needs))
	for _, n := range needs {
		f := w.joined[n.key]
		if f == nil {
			f = w.hub.flights.join(n, w.failed)
		}
		now[n.key] = f
	}
	for key, f := range w.joined {
		if now[key] == nil {
			w.hub.flights.leave(f, w.failed, true)
		}
	}
	w.joined = now
}

// leave stops waiting, with what was wanted or in vain.
func (w *wait) leave(met bool) {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	for _, f := range w.joined {
		w.hub.flights.leave(f, w.failed, met)
	}
	w.stream.waiting--
	w.hub.tidy(w.stream)
}

// late is what to tell who waited in vain.
func late(r *Reader, c choice) error {
	if len(c.needs) == 0 {
		return c.err
	}
	return fault.New(fault.StartTimeout, "", "nothing came within %v", r.opt.Wait).Because(c.err)
}
