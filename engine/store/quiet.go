package store

import "time"

// quiet decides when to act after a burst of events: when there was none for wait, but at the latest most after the
// first. The zero time means that nothing is due.
type quiet struct {
	wait, most  time.Duration
	first, last time.Time
}

// event notes one.
func (q *quiet) event(now time.Time) {
	if q.first.IsZero() {
		q.first = now
	}
	q.last = now
}

// due is when to act.
func (q *quiet) due() time.Time {
	if q.first.IsZero() {
		return time.Time{}
	}
	calm, end := q.last.Add(q.wait), q.first.Add(q.most)
	if end.Before(calm) {
		return end
	}
	return calm
}

// done begins anew.
func (q *quiet) done() { q.first, q.last = time.Time{}, time.Time{} }
