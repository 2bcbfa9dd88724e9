package hub

import (
	"sluice/engine/fault"
	"sluice/engine/hub/fanout"
)

// The functions here keep count of who reads what. Their callers hold h.mu.

// admit gives a reader to a publication; false if what that offers is no longer what was chosen from.
func (h *Hub) admit(r *Reader, o offer, c choice) (bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.closed.Load() {
		return false, fault.New(fault.Closed, "", "the reader is closed")
	}
	if h.closed || o.pub.ended.Load() || o.pub.version != o.version {
		return false, nil
	}
	fresh := r.id == 0
	if fresh {
		r.id, r.since = h.newID(), h.opt.Clock.Now()
	}
	if err := h.hold(r, o.pub, c.picks); err != nil {
		return false, err
	}
	r.search = nil
	r.lacks = c.left
	for _, l := range c.left {
		h.opt.Log.Warn("track left out", "stream", r.name, "reader", r.id, "kind", l.Kind, "why", l.Why)
	}
	if picks := c.picks; fresh {
		r.offered = r.want.String()
		r.want = r.want.Settle(describe(picks))
		h.opt.Log.Debug("reader joined", "stream", r.name, "reader", r.id, "tracks", describe(picks).String())
		h.tell(Event{What: ReaderJoined, Stream: r.name, Publication: o.pub.id, Reader: r.id, Description: describe(picks)})
	}
	return true, nil
}

// hold gives tracks to a reader and lets them flow, unless it is paused.
func (h *Hub) hold(r *Reader, pub *Publication, picks []*track) error {
	for _, t := range picks {
		if err := pub.form(t, r.form); err != nil {
			return err
		}
	}
	r.pub, r.picks, r.reasons = pub, picks, reasons(r.want, pub.offer, picks)
	pub.readers[r] = struct{}{}
	for _, t := range picks {
		h.demand(t)
	}
	if !r.paused {
		r.play()
	}
	return nil
}

// release takes the tracks away from a reader. What still flows is the fan-out's business.
func (h *Hub) release(r *Reader) {
	delete(r.pub.readers, r)
	if r.pub.stream.name != "" {
		h.past.left(r)
	}
	r.abandon()
	for _, t := range r.picks {
		h.undemand(r.pub, t)
	}
	r.pub, r.picks, r.reasons, r.lacks = nil, nil, nil, nil
}

// demand counts a reader of a track.
func (h *Hub) demand(t *track) {
	if t.readers++; t.readers == 1 {
		h.herald.Post(func() { t.source.Demand(t.number) })
	}
}

// undemand counts one less.
func (h *Hub) undemand(p *Publication, t *track) {
	if t.readers--; t.readers == 0 && !p.ended.Load() {
		h.herald.Post(func() { t.source.Idle(t.number) })
	}
}

// dismiss ends a reader that nobody holds any more, when it has got what was written to its last publication.
func (h *Hub) dismiss(r *Reader, from *Publication, reason error) {
	h.left(r, from, reason)
	from.flush(r.form, func() {
		r.port.Finish(func() {
			if !r.closed.Load() {
				r.end(reason)
			}
		})
	})
}

// left tells that a reader has gone.
func (h *Hub) left(r *Reader, from *Publication, reason error) {
	stats := r.stats.Snapshot()
	h.opt.Log.Debug("reader left", "stream", r.name, "reader", r.id, "units", stats.Units, "drops", r.stats.Drops.Total(), "err", reason)
	h.tell(Event{What: ReaderLeft, Stream: r.name, Publication: from.id, Reader: r.id, Stats: stats, Reason: reason})
}

// play begins to let tracks flow.
func (r *Reader) play() {
	lanes := make([]int, len(r.picks))
	for i, t := range r.picks {
		lanes[i] = t.index
	}
	tracks := describe(r.picks).Tracks
	r.port.attach(r.pub, lanes, fanout.Replay{Rate: r.opt.Pace, Live: r.opt.Live}, func() { r.begin(tracks) })
}
