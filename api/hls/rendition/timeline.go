package rendition

import (
	"sync"
	"time"
)

// Timeline is what all renditions of a stream share, so that players who change between them, or play one's sound with another's
// pictures, find the same moment under the same date and the same Discontinuity Sequence Number (6.2.4). hls.js 1.5 waits for ever for
// pictures with the number of the sound that it is to fetch next. Any number of goroutines may use it.
type Timeline struct {
	mu    sync.Mutex
	shift time.Duration // of the sender's clock against ours
	known bool          // shift is
	last  int64         // Discontinuity Sequence Number of the newest break
	// breaks are where the newest numbers begin. Older ones than these have been everywhere for long.
	breaks []time.Time
}

// NewTimeline makes a timeline without any break, whose dates are those of our own clock.
func NewTimeline() *Timeline { return &Timeline{} }

const (
	trembling = 250 * time.Millisecond // of senders' clocks
	near      = 500 * time.Millisecond // of a break: renditions have their segments at about the same time, not at the same
	remember  = 32                     // breaks
)

// Date is the date of media that is written at a moment by our clock and was told to be of another by its sender's; zero: he did not
// say. Dates follow our clock, as they are to agree with the durations in a playlist, and are set anew only where the sender's is
// farther from that than clocks tremble, or, behind a jump, where it does not say anything any more.
func (t *Timeline) Date(at, told time.Time, jump bool) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	silent := told.IsZero()
	if silent {
		told = at
	}
	shift := told.Sub(at)
	if !t.known || (jump || !silent) && (shift-t.shift).Abs() >= trembling {
		for i := range t.breaks {
			t.breaks[i] = t.breaks[i].Add(shift - t.shift)
		}
		t.shift, t.known = shift, true
	}
	return at.Add(t.shift)
}

// number is the Discontinuity Sequence Number of a segment that begins at a date, in a rendition whose last one had another. One that is
// torn from what was before it gets a new number, for all renditions, unless there is one already that this rendition does not have yet.
// One that is not takes over the number of a break that was elsewhere: one at a time, since each has its tag.
func (t *Timeline) number(start time.Time, had int64, torn bool) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case had < t.last && (torn || t.begun(had+1, start)):
		return had + 1
	case torn:
		t.add(start)
		return t.last
	default:
		return had
	}
}

// announce says that a rendition will have a break at a date: its first segment behind that is not there yet, while others may begin
// theirs already.
func (t *Timeline) announce(at time.Time, had int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if had == t.last {
		t.add(at)
	}
}

// add makes a number that begins at a date. The caller holds the lock, here and below.
func (t *Timeline) add(at time.Time) {
	if t.last++; len(t.breaks) == remember {
		copy(t.breaks, t.breaks[1:])
		t.breaks = t.breaks[:remember-1]
	}
	t.breaks = append(t.breaks, at)
}

// first is the number of the first segment of a rendition, before which nothing can be torn.
func (t *Timeline) first(start time.Time) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.last
	for n > 0 && !t.begun(n, start) {
		n--
	}
	return n
}

// begun tells whether a number holds at a date.
func (t *Timeline) begun(n int64, at time.Time) bool {
	i := len(t.breaks) - 1 - int(t.last-n)
	return i < 0 || !at.Before(t.breaks[i].Add(-near))
}
