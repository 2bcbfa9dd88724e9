package hub

import (
	"context"
	"errors"
	"time"

	"sluice/engine/fault"
	"sluice/engine/hub/flight"
	"sluice/engine/media"
)

// wait is one reader's waiting for something to read.
type wait struct {
	hub     *Hub
	stream  *stream
	joined  map[any]*flight.Flight
	failed  chan error
	again   bool                 // for one who read already
	unable  map[media.Kind]error // what cannot be made of what lacking publishes
	lacking *Publication
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
	const several = 8 // each kind's conversion may fail, and so may those that were asked for before
	return &wait{hub: h, stream: s, joined: map[any]*flight.Flight{}, failed: make(chan error, several)}, nil
}

// until returns nil once the reader was admitted somewhere.
func (w *wait) until(ctx context.Context, r *Reader) error {
	var timeout <-chan time.Time
	if r.opt.Wait > 0 {
		timeout = w.hub.opt.Clock.After(r.opt.Wait)
	}
	for {
		o, changed, err := w.look(r)
		if err != nil {
			return err
		}
		c := w.hub.answer(r, o, w.cannot(o))
		if c.err == nil {
			if ok, err := w.hub.admit(r, o, c); ok || err != nil {
				return err
			}
			continue // it changed in the same moment
		}
		if r.opt.Wait <= 0 || w.hopeless(o, c) {
			return c.err
		}
		if !w.join(o, c.needs) { //nolint:contextcheck // the calls are shared with other readers, so the hub's context is theirs
			continue
		}
		select {
		case <-changed:
		case err := <-w.failed:
			if !w.without(o, err) {
				return err
			}
		case <-timeout:
			return late(r, c)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// cannot is what cannot be made of what an offer publishes, as far as that is known.
func (w *wait) cannot(o offer) map[media.Kind]error {
	if o.pub != w.lacking {
		w.unable = nil
	}
	return w.unable
}

// without notes that nothing can be made of a kind with what this server has, and tells whether that is why something failed: whoever
// can be given the rest goes without. Work that could be done and was not, since the server is busy, say, is no reason for that.
func (w *wait) without(o offer, err error) bool {
	u, ok := errors.AsType[*unconverted](err)
	if code := fault.CodeOf(err); !ok || code != fault.CodecNotAvailable && code != fault.ElementUnavailable {
		return false
	}
	if w.lacking = o.pub; w.unable == nil {
		w.unable = map[media.Kind]error{}
	}
	w.unable[u.kind] = u.why
	return true
}

// hopeless tells whether nothing that is asked for will change the answer: what is published does not suit and nothing can be
// made of it, or it has ended for one who read it.
func (w *wait) hopeless(o offer, c choice) bool {
	if o.pub == nil {
		return w.again
	}
	return len(c.needs) == 0
}

// offer is what was there to be read at one moment.
type offer struct {
	pub     *Publication // nil: nobody published
	tracks  []*track
	version uint64
	layer   string // that the reader prefers
}

// offers is what the publication has now. The caller holds the hub's lock.
func (p *Publication) offers() offer { return offer{pub: p, tracks: p.offer, version: p.version} }

// look is what is published now, and what tells when that changes.
func (w *wait) look(r *Reader) (o offer, changed <-chan struct{}, err error) {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	if w.hub.closed {
		return offer{}, nil, w.hub.errClosed()
	}
	if w.stream.pub != nil {
		o = w.stream.pub.offers()
	}
	o.layer = r.layer
	return o, w.stream.changed, nil
}

// join has everything asked for that is needed now, and nothing else. It is false, and asks for nothing, if the offer that
// it is needed for is no longer the one there is: what was asked for by others may just have come.
func (w *wait) join(o offer, needs []need) bool {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	if w.hub.closed || w.stream.pub != o.pub || o.pub != nil && o.pub.version != o.version {
		return false
	}
	now := make(map[any]*flight.Flight, len(needs))
	for _, n := range needs {
		f := w.joined[n.key]
		if f == nil {
			f = w.hub.flights.Join(n.key, n.start, w.failed)
		}
		now[n.key] = f
	}
	for key, f := range w.joined {
		if now[key] == nil {
			w.hub.flights.Leave(f, w.failed, true)
		}
	}
	w.joined = now
	return true
}

// leave stops waiting, with what was wanted or in vain.
func (w *wait) leave(met bool) {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	for _, f := range w.joined {
		w.hub.flights.Leave(f, w.failed, met)
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
