package lossy

import (
	"container/heap"
	"sync"
	"time"
)

// late does things at their times, one after the other.
type late struct {
	mu    sync.Mutex
	queue queue
	ended bool
	wake  chan struct{}
}

type item struct {
	at time.Time
	do func()
}

// queue is a heap: the earliest is the first.
type queue []item

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].at.Before(q[j].at) }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(item)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

func newLate() *late { return &late{wake: make(chan struct{}, 1)} }

// add has do done at a time, by the goroutine of run, so that it must not take long.
func (l *late) add(at time.Time, do func()) {
	l.mu.Lock()
	heap.Push(&l.queue, item{at, do})
	l.mu.Unlock()
	l.nudge()
}

// stop ends run, and drops what is left.
func (l *late) stop() {
	l.mu.Lock()
	l.ended = true
	l.mu.Unlock()
	l.nudge()
}

func (l *late) nudge() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// run does what is due until stop.
func (l *late) run() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		do, wait, ended := l.next(time.Now())
		switch {
		case ended:
			return
		case do != nil:
			do()
		default:
			timer.Reset(wait)
			select {
			case <-l.wake:
			case <-timer.C:
			}
		}
	}
}

// next gives what is due, or how long to wait.
func (l *late) next(now time.Time) (do func(), wait time.Duration, ended bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return nil, 0, true
	}
	if len(l.queue) == 0 {
		return nil, time.Hour, false
	}
	if wait = l.queue[0].at.Sub(now); wait > 0 {
		return nil, wait, false
	}
	return heap.Pop(&l.queue).(item).do, 0, false
}
