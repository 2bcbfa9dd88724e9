// Package lasting is what elements share that hold a connection of their own: work that goes on until the element is stopped,
// attempts to connect again, and a reader that rests meanwhile. It knows neither protocols nor media.
package lasting

import (
	"context"
	"sync"
)

// Work is done on a goroutine of its own until Stop. Safe for concurrent use.
type Work struct {
	ctx    context.Context //nolint:containedctx // until Stop
	cancel context.CancelFunc
	once   sync.Once
	work   sync.WaitGroup
}

// New makes work that has not begun. Of ctx it has the values, and not the end.
func New(ctx context.Context) *Work {
	w := &Work{}
	w.ctx, w.cancel = context.WithCancel(context.WithoutCancel(ctx))
	return w
}

// Launch begins it. what says what is to be done, until the context it is given ends, or why nothing can be: that is Launch's error. The
// second time, and after Stop, nothing is asked and nothing begins.
func (w *Work) Launch(what func() (func(ctx context.Context), error)) error {
	var err error
	w.once.Do(func() {
		var do func(context.Context)
		if do, err = what(); err == nil {
			w.work.Go(func() { do(w.ctx) })
		}
	})
	return err
}

// Halted is closed when the work is to end.
func (w *Work) Halted() <-chan struct{} { return w.ctx.Done() }

// Halt says that the work is to end, and does not wait.
func (w *Work) Halt() { w.cancel() }

// Stop implements element.Element: it ends the work and waits for that, or for ctx.
func (w *Work) Stop(ctx context.Context) error {
	w.once.Do(func() {}) // it begins no more
	w.cancel()
	gone := make(chan struct{})
	go func() { defer close(gone); w.work.Wait() }()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
