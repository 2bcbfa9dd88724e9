package websocket

import (
	"context"
	"time"

	"sluice/api/websocket/reason"
)

// keep notes that a session's client is away, unless the server stops. If too many are kept, the one goes that was left first.
func (d *Door) keep(s *session) bool {
	d.mu.Lock()
	if d.closing || s.known.ended.Load() {
		d.mu.Unlock()
		return false
	}
	s.left = time.Now()
	d.away = append(d.away, s)
	d.mu.Unlock()
	d.drop(func(*session) bool { return len(d.away) > d.opt.Kept })
	return true
}

// sweep ends the sessions whose clients did not come back in time.
func (d *Door) sweep(ctx context.Context) {
	ticker := time.NewTicker(min(time.Second, d.opt.KeepFor))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			//nolint:contextcheck // lines unregister in a time of their own
			d.drop(func(s *session) bool { return now.Sub(s.left) >= d.opt.KeepFor })
		}
	}
}

// drop ends sessions that are away, from the one that was left first to the first that is not due. due is called with Door.mu
// held.
func (d *Door) drop(due func(*session) bool) {
	for _, s := range d.takeAway(due) {
		s.finish(reason.TerminatedByKeepAlive)
		s.gone()
		d.opt.Log.Info("session not kept any longer", "session", s.id)
	}
}

// takeAway forgets those sessions, so that nobody comes back to them.
func (d *Door) takeAway(due func(*session) bool) []*session {
	d.mu.Lock()
	defer d.mu.Unlock()
	var gone []*session
	for len(d.away) > 0 && due(d.away[0]) {
		gone = append(gone, d.away[0])
		delete(d.sessions, digestOf(d.away[0].token))
		d.away = d.away[1:]
	}
	return gone
}
