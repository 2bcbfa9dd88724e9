package frame

import "sync/atomic"

// ledger counts the credit of each track in bytes. A track may send while it has any left, so one unit can overdraw
// it: otherwise a unit larger than the window could never go. One goroutine at a time spends; any may grant.
type ledger struct {
	window int64
	used   [MaxTracks]atomic.Int64 // bytes sent and not yet granted again
}

// spend takes the cost off the track's credit, or returns false if it has none left.
func (l *ledger) spend(track uint16, cost int) bool {
	used := &l.used[track]
	if used.Load() >= l.window {
		return false
	}
	used.Add(int64(cost))
	return true
}

// grant gives credit back. More than was spent is refused: who grants without end would have the other end hold
// data without end.
func (l *ledger) grant(track uint16, n int) error {
	if track >= MaxTracks {
		return violation("credit for track %d, where %d are possible", track, MaxTracks)
	}
	used := &l.used[track]
	if n <= 0 || int64(n) > used.Load() {
		return violation("%d bytes of credit for track %d, which has spent %d", n, track, used.Load())
	}
	used.Add(-int64(n)) // spend only adds, so used cannot have become less than n meanwhile
	return nil
}
