package hub

import (
	"context"
	"slices"

	"sluice/engine/fault"
	"sluice/engine/hub/look"
)

// handOver moves a reader to another publication, or to other tracks of its own, or ends it if that is nil or has nothing
// for it. What would have to be converted for it is asked for, and the reader gets nothing until then. The caller holds
// h.mu.
func (h *Hub) handOver(r *Reader, to *Publication, reason error) { h.move(r, to, reason, true) }

// move is handOver that asks for conversions or does not: one that has just failed would fail again.
func (h *Hub) move(r *Reader, to *Publication, reason error, ask bool) {
	from := r.pub
	h.release(r)
	if to == nil || r.bound && to != from {
		h.dismiss(r, from, reason)
		return
	}
	picks, err := h.match(to.offer, r.want, r.layer)
	switch {
	case err == nil || r.bound || h.closed:
	case !ask:
		h.dismiss(r, from, reason)
		return
	case h.opt.Demand != nil:
		h.search(r, from)
		return
	}
	if err == nil {
		err = h.checkForms(picks, r.form)
	}
	if err == nil {
		err = h.hold(r, to, picks)
	}
	if err != nil {
		h.dismiss(r, from, err)
	}
}

// search is what goes on for a reader that lost what it read, until it is given something else.
type search struct {
	from *Publication // what it read before
	stop context.CancelFunc
}

// search has a reader wait, as it did when it came, for something that suits it. The caller holds h.mu.
func (h *Hub) search(r *Reader, from *Publication) {
	r.port.Detach(func() {})
	stop := h.flights.Go(func(ctx context.Context) {
		err := h.find(ctx, r)
		h.mu.Lock()
		defer h.mu.Unlock()
		if err != nil && r.search != nil {
			r.search = nil
			if h.closed {
				err = h.errClosed()
			}
			h.dismiss(r, from, err)
		}
	})
	r.search = &search{from, stop}
}

// notice takes what was found out about the pictures of a track. It is called while the log is locked, so the rest is done
// elsewhere, once for however much is found in the meantime.
func (p *Publication) notice(t *track, f look.Found) {
	if t.found.Swap(&f) == nil {
		p.hub.herald.Post(func() { p.redescribe(t) })
	}
}

// redescribe puts what was found into the track's description. Readers who cannot take it any more are moved.
func (p *Publication) redescribe(t *track) {
	f := t.found.Swap(nil)
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	d := t.media()
	known := look.Found{Width: d.Width, Height: d.Height, BFrames: d.BFrames, Profile: d.Profile}
	if *f == known || p.ended.Load() || !slices.Contains(p.offer, t) {
		return
	}
	d.Width, d.Height, d.BFrames, d.Profile = f.Width, f.Height, f.BFrames, f.Profile
	t.described.Store(&d)
	p.changed()
	for r := range p.readers {
		// What a conversion makes was made for who reads it, and never suits one who asked for a shape of his own otherwise.
		if t.made == (Conversion{}) && slices.Contains(r.picks, t) && r.want.Takes(d) < 0 {
			p.hub.handOver(r, p, fault.New(fault.CodecNotAvailable, "", "%s: it is %s now", t.kind, d))
		}
	}
}
