// Package after does what is to be done with a recording that is finished: a server is told of it over HTTP, a program is run, and it is
// copied to a storage that is compatible with S3. Each has a limit in time, and none holds up another recording, or a stream. It knows
// neither media nor who recorded.
package after

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"sluice/api/records/shelf"
	"sluice/elements/lasting"
	"sluice/engine/element"
	"sluice/engine/fault"
)

// Options are what is to be done. Shelf, Clock and Log are needed.
type Options struct {
	Shelf  *shelf.Shelf
	Hook   Hook
	Script Script
	Upload Upload // nil: nothing is copied anywhere
	Drop   bool   // recordings are deleted here when they have been uploaded
	Clock  element.Clock
	Log    *slog.Logger
}

// Upload copies a recording elsewhere, and gives the address that it has there.
type Upload interface {
	// Put calls moved whenever some of the recording has been sent, also from several goroutines at once.
	Put(ctx context.Context, r shelf.Recording, moved func()) (address string, err error)
}

const (
	waiting  = 4096            // recordings that wait at most
	abreast  = 4               // hooks and programs at a time
	uploads  = 2               // at a time
	attempts = 5               // of a hook
	still    = 5 * time.Minute // that an upload may not move; it may take as long as it does
)

// Work is what goes on. Safe for concurrent use.
type Work struct {
	opt    Options
	told   chan shelf.Recording
	copied chan copying
	after  func(time.Duration) <-chan time.Time // by which uploads are watched

	mu     sync.Mutex
	untold int           // recordings that somebody is still to be told of
	fewer  chan struct{} // closed, and made anew, whenever they become fewer
}

// copying is a recording that is to be uploaded, and how long until another attempt.
type copying struct {
	shelf.Recording
	pause *lasting.Backoff
}

// New makes work that does not go on yet.
func New(o Options) *Work {
	return &Work{
		opt: o, told: make(chan shelf.Recording, waiting), copied: make(chan copying, waiting), fewer: make(chan struct{}),
		after: time.After,
	}
}

// Take takes a recording that is finished. It never waits; when far too many wait nobody is told of it, while what is to be uploaded is
// when the server starts again.
func (w *Work) Take(r shelf.Recording) {
	if w.opt.Hook.URL != "" || w.opt.Script.Program != "" {
		w.mu.Lock()
		w.untold++
		w.mu.Unlock()
		if !put(w.told, r) {
			w.heard()
			w.opt.Log.Error("nobody is told of a recording: too many wait for that", "recording", r.Name)
		}
	}
	w.queue(r)
}

// heard counts a recording of which nobody is to be told any more.
func (w *Work) heard() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.untold--
	close(w.fewer)
	w.fewer = make(chan struct{})
}

// Settle waits, while Run goes on, until somebody was told of all recordings that were taken, and gives how many are left when ctx is
// done. It waits for no upload: those are taken up again.
func (w *Work) Settle(ctx context.Context) (left int) {
	for {
		w.mu.Lock()
		left, fewer := w.untold, w.fewer
		w.mu.Unlock()
		if left == 0 {
			return 0
		}
		select {
		case <-fewer:
		case <-ctx.Done():
			return left
		}
	}
}

// queue takes a recording that may have to be uploaded.
func (w *Work) queue(r shelf.Recording) {
	if w.Needs(r) && !put(w.copied, copying{r, new(lasting.Backoff)}) {
		w.opt.Log.Error("a recording is not uploaded before the server starts again: too many wait for that", "recording", r.Name)
	}
}

func put[T any](to chan<- T, r T) bool {
	select {
	case to <- r:
		return true
	default:
		return false
	}
}

// Needs tells whether a recording is still to be uploaded.
func (w *Work) Needs(r shelf.Recording) bool {
	return w.opt.Upload != nil && r.Uploaded == "" && r.Reason != ""
}

// Run does it, until ctx is done. What was not uploaded when the server ended is taken up again.
func (w *Work) Run(ctx context.Context) {
	before := w.opt.Shelf.List()
	var all sync.WaitGroup
	for range abreast {
		all.Go(func() { each(ctx, w.told, w.tell) })
	}
	for range uploads {
		all.Go(func() {
			each(ctx, w.copied, func(ctx context.Context, r copying) {
				if !w.upload(ctx, r.Recording) {
					all.Go(func() { w.later(ctx, r) }) // and another one has its turn
				}
			})
		})
	}
	for _, r := range before {
		w.queue(r)
	}
	all.Wait()
}

func each[T any](ctx context.Context, from <-chan T, do func(context.Context, T)) {
	for {
		select {
		case r := <-from:
			do(ctx, r)
		case <-ctx.Done():
			return
		}
	}
}

// tell runs hook and program, one after the other.
func (w *Work) tell(ctx context.Context, r shelf.Recording) {
	defer w.heard()
	if w.opt.Hook.URL != "" {
		err := w.again(ctx, attempts, func(ctx context.Context) error { return w.opt.Hook.Call(ctx, r) })
		w.say(ctx, "hook", r, err)
	}
	if w.opt.Script.Program != "" {
		w.say(ctx, "program", r, w.opt.Script.Run(ctx, w.opt.Shelf.Path(r.Name), r))
	}
}

func (w *Work) say(ctx context.Context, what string, r shelf.Recording, err error) {
	if err != nil && ctx.Err() == nil {
		w.opt.Log.Warn("who is told of recordings fails", "what", what, "recording", r.Name, "stream", r.Stream, "err", err)
	}
}

// again tries something several times, with longer and longer pauses.
func (w *Work) again(ctx context.Context, times int, do func(context.Context) error) error {
	var pause lasting.Backoff
	for {
		err := do(ctx)
		if times--; err == nil || times == 0 {
			return err
		}
		select {
		case <-w.opt.Clock.After(pause.Next()):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// upload copies a recording elsewhere. It is done with it when it has been, or is not here any more.
func (w *Work) upload(ctx context.Context, r shelf.Recording) (done bool) {
	if now, err := w.opt.Shelf.Find(r.Name); err != nil || !w.Needs(now) {
		return true // somebody has deleted it, or it was found twice
	}
	limited, moved, release := w.watched(ctx)
	address, err := w.opt.Upload.Put(limited, r, moved)
	release()
	switch {
	case err == nil:
		w.uploaded(r, address)
		return true
	case fault.CodeOf(err) == fault.ResourceNotFound:
		w.opt.Log.Warn("a recording is not uploaded: it is not here any more", "recording", r.Name, "err", err)
		return true
	case ctx.Err() == nil:
		w.opt.Log.Warn("a recording could not be uploaded, and is kept here; it is tried again", "recording", r.Name, "err", err)
	}
	return false
}

// watched gives a context that ends when something does not move any more: when moved was not called for a while. release is to be called
// when it is done with.
func (w *Work) watched(ctx context.Context) (_ context.Context, moved, release func()) {
	ctx, cancel := context.WithCancel(ctx)
	var steps atomic.Uint64
	over := make(chan struct{})
	go func() {
		defer close(over)
		for last := steps.Load(); ; last = steps.Load() {
			select {
			case <-ctx.Done():
				return
			case <-w.after(still):
			}
			if steps.Load() == last {
				cancel()
			}
		}
	}()
	return ctx, func() { steps.Add(1) }, func() { cancel(); <-over }
}

// later puts a recording that could not be uploaded back behind the others, after a pause that is longer each time.
func (w *Work) later(ctx context.Context, r copying) {
	select {
	case <-w.opt.Clock.After(r.pause.Next()):
	case <-ctx.Done():
		return
	}
	select {
	case w.copied <- r:
	case <-ctx.Done():
	}
}

func (w *Work) uploaded(r shelf.Recording, address string) {
	w.opt.Log.Info("recording uploaded", "recording", r.Name, "to", address)
	err := w.opt.Shelf.Note(r, func(r *shelf.Recording) { r.Uploaded = address })
	if err == nil && w.opt.Drop {
		err = w.opt.Shelf.Delete(r)
	}
	if err != nil {
		w.opt.Log.Warn("it is not noted that a recording was uploaded", "recording", r.Name, "err", err)
	}
}
