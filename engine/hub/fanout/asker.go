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
		a.ask()
	}
}
