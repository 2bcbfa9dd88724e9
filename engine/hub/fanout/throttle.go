package fanout

import (
	"sync/atomic"
	"time"
)

// keyInterval is how long a request for a key frame is believed to be under way. A request that is held back is not
// forgotten: who waits for a key frame asks again with every write.
const keyInterval = 500 * time.Millisecond

// throttle lets one request pass in each keyInterval. Safe for concurrent use.
type throttle struct{ last atomic.Int64 }

func (t *throttle) pass(now time.Time) bool {
	last, n := t.last.Load(), now.UnixNano()
	return n-last >= int64(keyInterval) && t.last.CompareAndSwap(last, n)
}
