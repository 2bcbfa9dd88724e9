package fanout

import (
	"sync"
	"time"
)

// loop is one writer loop. Work reaches it in two ways: calls, which change who reads what, and runners, whose log has
// something new. Calls go first, so that a reader that was attached before a write gets what was written.
type loop struct {
	index int
	clock Clock
	token chan struct{} // holds one while there is work

	mu     sync.Mutex
	calls  []func()
	ready  []runner
	closed bool // no more work will come
	gone   bool // the goroutine ended

	// Only the loop's own goroutine touches these.
	doing    []func()
	running  []runner
	sleepers map[runner]time.Time // when they want to run again although nothing is new
	alarm    <-chan time.Time
	alarmAt  time.Time
}

// runner serves some readers. It returns when it wants to be run again at the latest; zero if something new will do.
type runner interface{ run() time.Time }

func newLoop(index int, clock Clock) *loop {
	return &loop{index: index, clock: clock, token: make(chan struct{}, 1), sleepers: map[runner]time.Time{}}
}

// post has f called on the loop, after what was posted before. It is false when the loop has ended.
func (l *loop) post(f func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.gone {
		return false
	}
	l.calls = append(l.calls, f)
	l.signal()
	return true
}

// wake has r run once. The caller makes sure that r is not queued twice.
func (l *loop) wake(r runner) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ready = append(l.ready, r)
	l.signal()
}

func (l *loop) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.signal()
}

func (l *loop) signal() {
	select {
	case l.token <- struct{}{}:
	default:
	}
}

func (l *loop) work() {
	for l.turn() {
		select {
		case <-l.token:
		case <-l.alarm:
			l.alarm = nil
		}
		l.rouse()
	}
}

// turn does what there is to do until there is nothing, and is false at the end of the loop.
func (l *loop) turn() bool {
	for l.take() {
		for _, f := range l.doing {
			f()
		}
		for _, r := range l.running {
			l.note(r, r.run())
		}
		clear(l.doing)
		clear(l.running)
	}
	return !l.gone
}

// take fetches what there is to do; false if that is nothing.
func (l *loop) take() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.doing, l.calls = l.calls, l.doing[:0]
	l.running, l.ready = l.ready, l.running[:0]
	some := len(l.doing)+len(l.running) > 0
	l.gone = l.closed && !some
	return some
}

// note remembers when r wants to run again, and sets the alarm for whoever wants to run first.
func (l *loop) note(r runner, at time.Time) {
	if at.IsZero() {
		delete(l.sleepers, r)
		return
	}
	l.sleepers[r] = at
	if l.alarm == nil || at.Before(l.alarmAt) {
		l.alarmAt, l.alarm = at, l.clock.After(at.Sub(l.clock.Now()))
	}
}

// rouse runs the sleepers whose time has come.
func (l *loop) rouse() {
	if len(l.sleepers) == 0 {
		return
	}
	now := l.clock.Now()
	for r, at := range l.sleepers {
		if !at.After(now) {
			l.note(r, r.run())
		} else if l.alarm == nil {
			l.note(r, at)
		}
	}
}
