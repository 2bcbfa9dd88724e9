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
	deaf  atomic.Bool  // the last one that was answered was so by chance
}

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
	if since := a.since.Swap(0); since != 0 {
		a.deaf.Store(a.clock.Now().UnixNano()-since > int64(keyInterval))
	}
}

// prompt tells whether who asks gets a key frame soon, as far as is known. Encoders of files and of studios often give theirs
// when they like.
func (a *Asker) prompt() bool { return a != nil && !a.deaf.Load() }
