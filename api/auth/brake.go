package auth

import (
	"container/list"
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"sluice/engine/fault"
)

// How whoever guesses is slowed down. An address that fails all the time has eight answers in five seconds.
const (
	freeFailures = 5                // go unpunished: everybody mistypes
	firstDelay   = time.Second / 4  // of the answer to the one after; each further one doubles it
	maxDelay     = 5 * time.Second  // so that nobody who waits holds a connection for long
	maxFailures  = freeFailures + 6 // are counted: the delay grows no more
	forgiving    = time.Minute      // after which one failure is forgotten
	maxWaiting   = 8                // answers held back for one address
	maxHeld      = 1024             // answers held back altogether
	maxAddresses = 4096             // that are remembered; then the one is forgotten that failed longest ago
)

// Brake remembers who failed. IPv6 addresses count by their /64, of which one machine commonly has all. Safe for concurrent
// use.
type Brake struct {
	mu      sync.Mutex
	of      map[netip.Addr]*list.Element // of *record
	records *list.List                   // the one that failed last in front
	held    int
}

type record struct {
	addr     netip.Addr
	failures int
	last     time.Time
	until    []time.Time // when the answers that are held back may be told
}

// waiting is how many answers are held back. An answer counts until it may be told, even if nobody waits for it any more: else who
// hangs up at once would guess as fast as he likes, since only wrong answers take their time.
func (r *record) waiting(now time.Time) int {
	r.until = slices.DeleteFunc(r.until, func(t time.Time) bool { return !t.After(now) })
	return len(r.until)
}

// NewBrake makes one that remembers nobody.
func NewBrake() *Brake {
	return &Brake{of: map[netip.Addr]*list.Element{}, records: list.New()}
}

func origin(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		p, _ := a.Prefix(64) // 64 is never out of range for one of 128 bits
		return p.Addr()
	}
	return a
}

// Admit refuses an address whose answers are held back already, as fault.Overloaded: who does not wait for them guesses.
func (b *Brake) Admit(a netip.Addr) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.of[origin(a)]
	if e == nil || e.Value.(*record).waiting(time.Now()) < maxWaiting {
		return nil
	}
	return tooMany()
}

func tooMany() error {
	return fault.New(fault.Overloaded, "", "too many attempts with wrong credentials").Advise("wait some seconds")
}

// Fail counts a failure and returns when it may be told of: fault.Overloaded if no more of an address, or altogether, can be held back, or
// if ctx ended before.
func (b *Brake) Fail(ctx context.Context, a netip.Addr) error {
	r, delay := b.count(origin(a), time.Now())
	if delay == 0 {
		return nil
	}
	if r == nil {
		return tooMany()
	}
	defer b.release()
	t := time.NewTimer(delay)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return fault.New(fault.Overloaded, "", "the answer was not waited for").Because(ctx.Err())
	}
}

// count counts a failure and says how long its answer is to be held back. The record is nil if no more can be held back.
func (b *Brake) count(a netip.Addr, now time.Time) (*record, time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.of[a]
	if e == nil {
		e = b.records.PushFront(&record{addr: a, last: now})
		b.of[a] = e
		if b.records.Len() > maxAddresses {
			oldest := b.records.Back()
			delete(b.of, oldest.Value.(*record).addr)
			b.records.Remove(oldest)
		}
	}
	b.records.MoveToFront(e)
	r := e.Value.(*record)
	r.failures = min(maxFailures, max(0, r.failures-int(now.Sub(r.last)/forgiving))+1)
	r.last = now
	if r.failures <= freeFailures {
		return r, 0
	}
	delay := min(maxDelay, firstDelay<<(r.failures-freeFailures-1))
	if b.held >= maxHeld || r.waiting(now) >= maxWaiting {
		return nil, delay
	}
	b.held++
	r.until = append(r.until, now.Add(delay))
	return r, delay
}

func (b *Brake) release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held--
}
