package dialog

import (
	"sync"
	"time"
)

// work counts what is under way: goroutines, and timers that were set. More may begin until none is left after settle.
type work struct {
	mu      sync.Mutex
	count   int
	closing bool
	over    bool
	idle    chan struct{} // closed when nothing is under way and nothing may begin
}

// start counts something in, unless it is too late.
func (w *work) start() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over {
		return false
	}
	w.count++
	return true
}

// finish counts it out.
func (w *work) finish() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.count--
	w.check()
}

// settle has idle closed as soon as nothing is under way.
func (w *work) settle() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closing = true
	w.check()
}

func (w *work) check() {
	if w.closing && w.count == 0 && !w.over {
		w.over = true
		close(w.idle)
	}
}

// run does something on a goroutine that Close awaits.
func (t *Table) run(f func()) {
	if !t.work.start() {
		return
	}
	go func() {
		defer t.work.finish()
		f()
	}()
}

// alarm is a timer whose function Close awaits. nil is one that was never set.
type alarm struct {
	timer *time.Timer
	work  *work
}

// after sets one.
func (t *Table) after(d time.Duration, f func()) *alarm {
	if !t.work.start() {
		return nil
	}
	return &alarm{work: &t.work, timer: time.AfterFunc(d, func() {
		defer t.work.finish()
		f()
	})}
}

// stop takes it back, if it has not rung. Whoever has been rung must look whether that still matters.
func (a *alarm) stop() {
	if a != nil && a.timer.Stop() {
		a.work.finish()
	}
}
