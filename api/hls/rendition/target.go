package rendition

import (
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// Target is the target duration of a stream, and how far from its end players of parts stay. Both are fixed when the first segment of any
// of its renditions is published, and never change then (6.2.1): sources with few key pictures make longer segments than was wished, and
// parts are whole pictures. Any number of goroutines may use it.
type Target struct {
	least int64
	fixed atomic.Int64

	mu   sync.Mutex
	part time.Duration // the longest that parts of any rendition are known to last
	back time.Duration // PART-HOLD-BACK; 0 until it is fixed
}

// NewTarget makes a target duration of at least the wished length of segments. If several renditions share it, part is how long their
// parts are wished to be: those that come after the first is published must find room. It is 0 for one alone, whose parts tell.
func NewTarget(segment, part time.Duration) *Target {
	t := &Target{least: max(1, int64(math.Ceil(segment.Seconds())))}
	if part > 0 {
		t.part = ample(part)
	}
	return t
}

// ample is what parts last at most that are whole pictures, 24 of them a second or more, or whole frames of sound: half of one more than is
// wished, and what is announced for jitter beyond that.
func ample(part time.Duration) time.Duration { return part + part/10 + 25*time.Millisecond }

// expect takes what a rendition that begins will have as PART-TARGET.
func (t *Target) expect(part time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.part = max(t.part, part)
}

// holdBack is PART-HOLD-BACK for all renditions. The first that is published fixes it by what is known of all: three of the longest
// PART-TARGET, as 4.4.3.8 recommends, rather than the two that it permits.
func (t *Target) holdBack(part time.Duration) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.back == 0 {
		t.back = 3 * max(t.part, part)
	}
	return t.back
}

// Seconds is the target duration; 0 until it is fixed.
func (t *Target) Seconds() int { return int(t.fixed.Load()) }

// fix settles the target duration by the first segment, unless that has happened.
func (t *Target) fix(first time.Duration) {
	t.fixed.CompareAndSwap(0, max(t.least, int64(first.Round(time.Second)/time.Second)))
}

// limit is what the length of every segment must stay below: rounded to whole seconds it may not exceed the target duration (4.4.3.1).
// 0: none yet.
func (t *Target) limit() time.Duration {
	if n := t.fixed.Load(); n > 0 {
		return time.Duration(n)*time.Second + time.Second/2
	}
	return 0
}
