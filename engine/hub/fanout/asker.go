package fanout

import (
	"sync/atomic"
	"time"
)

// keyInterval is how long a request for a key frame is believed to be under way. A request that is held back is not
// forgotten: who waits for a key frame asks again with every write.
const keyInterval = 500 * time.Millisecond

// Asker asks a writer for key frames, at most twice a second however many readers want one. Lanes that are forms of the
// same track share one. Safe for concurrent use; a nil Asker asks nobody.
type Asker struct {
	clock Clock
	ask   func()
	last  atomic.Int64
	since atomic.Int64 // a request is open; 0 if none is
	doubt atomic.Int32 // requests that have to be answered in time, one after the other, before the writer is prompt again
}

// proof is how many requests in a row have to be answered in time by a writer that was late once. One or two of these answers
// may be the key frames that it gives when it likes.
const proof = 3

// NewAsker makes an asker. ask is called from any goroutine and must not wait.
func NewAsker(clock Clock, ask func()) *Asker { return &Asker{clock: clock, ask: ask} }

// Ask asks, unless that was done just now.
func (a *Asker) Ask() {
	if a == nil {
		return
	}
	last, now := a.last.Load(), a.clock.Now().UnixNano()
	if now-last >= int64(keyInterval) && a.last.CompareAndSwap(last, now) {
		a.since.CompareAndSwap(0, now)
		a.ask()
	}
}

// came notes that a key frame came.
func (a *Asker) came() {
	if a == nil {
		return
	}
	since := a.since.Swap(0)
	if since == 0 {
		return
	}
	if a.clock.Now().UnixNano()-since > int64(keyInterval) {
		a.doubt.Store(proof)
	} else if n := a.doubt.Load(); n > 0 {
		a.doubt.CompareAndSwap(n, n-1)
	}
}

// prompt tells whether who asks gets a key frame soon, as far as is known: it is believed of everybody until one is late.
// Encoders of files and of studios often give theirs when they like.
func (a *Asker) prompt() bool {
	if a == nil || a.doubt.Load() > 0 {
		return false
	}
	since := a.since.Load()
	return since == 0 || a.clock.Now().UnixNano()-since <= int64(keyInterval)
}
