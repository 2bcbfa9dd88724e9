package fanout

import (
	"sync"
	"sync/atomic"
)

// Loops are the writer loops: a fixed number of goroutines, each of which serves its share of all readers. Safe for
// concurrent use.
type Loops struct {
	clock Clock
	all   []*loop
	next  atomic.Uint32
	done  sync.WaitGroup
}

// NewLoops starts n loops, at least one.
func NewLoops(n int, clock Clock) *Loops {
	l := &Loops{clock: clock, all: make([]*loop, max(n, 1))}
	for i := range l.all {
		l.all[i] = newLoop(i, clock)
		l.done.Go(l.all[i].work)
	}
	return l
}

// Close lets the loops finish what they were given and waits for their end. It may be called again, but not from a Sink.
func (l *Loops) Close() {
	for _, one := range l.all {
		one.close()
	}
	l.done.Wait()
}

// pick deals readers out evenly.
func (l *Loops) pick() *loop { return l.all[int(l.next.Add(1)-1)%len(l.all)] }
