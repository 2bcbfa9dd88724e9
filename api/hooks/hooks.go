// Package hooks calls the back ends of applications: it asks them about what clients want before it is done, and tells them what
// happened. How it calls which method is for the back end to say, in its answer to "connect" (WCS's restClientConfig).
//
// What is told of one session is told in its order, one call after the other; what is told of different ones does not wait for each
// other. Each application has a queue and calls of its own, so that a back end that hangs delays nobody but those who ask it.
//
// It knows neither sessions nor streams, and decides about nothing: who asks does what the answer says.
package hooks

import (
	"context"
	"crypto/x509"
	"log/slog"
	"sync"
	"time"

	"sluice/api/apps"
	"sluice/engine/element"
	"sluice/engine/fault"
)

// Finder finds applications, as apps.Apps does.
type Finder interface {
	Find(key string) (apps.App, bool)
}

// Options are what hooks are made with. Apps is needed; the zero value of everything else will do.
type Options struct {
	Apps Finder
	// Strict refuses clients of applications that are not known.
	Strict bool

	Timeout  time.Duration // of one call; 0: 5 s
	Attempts int           // to tell something; 0: 3
	Calls    int           // to one back end at a time; 0: 32
	Queue    int           // events that wait for one back end; 0: 10,000
	Bytes    int           // that these may hold, and as many what somebody waits for; 0: 32 MiB
	Answer   int           // bytes of an answer; 0: 256 KiB
	// Reach is asked where the back ends may be of applications that callers of an API put there; nil: everywhere.
	Reach element.Reach
	Roots *x509.CertPool // who vouches for back ends over HTTPS; nil: those of the system

	Clock element.Clock // nil: the time there is
	Log   *slog.Logger  // nil: nothing is logged
}

func (o Options) withDefaults() Options {
	const attempts, calls, queue, bytes, answer = 3, 32, 10_000, 32 << 20, 256 << 10
	if o.Timeout <= 0 {
		o.Timeout = 5 * time.Second
	}
	for _, one := range []struct {
		into *int
		def  int
	}{{&o.Attempts, attempts}, {&o.Calls, calls}, {&o.Queue, queue}, {&o.Bytes, bytes}, {&o.Answer, answer}} {
		if *one.into <= 0 {
			*one.into = one.def
		}
	}
	if o.Clock == nil {
		o.Clock = system{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Hooks call back ends. Safe for concurrent use.
type Hooks struct {
	opt     Options
	web     *web
	ctx     context.Context //nolint:containedctx // of all calls, until Close
	cut     context.CancelFunc
	closing chan struct{} // closed when no attempt is repeated any more
	work    sync.WaitGroup

	mu     sync.RWMutex // held for reading while something is put into a queue
	closed bool
	backs  map[string]*back // by the application's key
}

// New makes hooks. Nothing is called before somebody asks.
func New(o Options) (*Hooks, error) {
	if o.Apps == nil {
		return nil, fault.New(fault.Internal, "hooks", "hooks need applications")
	}
	o = o.withDefaults()
	ctx, cancel := context.WithCancel(context.Background())
	return &Hooks{
		opt: o, web: newWeb(&o), ctx: ctx, cut: cancel,
		closing: make(chan struct{}), backs: map[string]*back{},
	}, nil
}

// Close takes nothing more to tell, tells what waits until ctx is done, and returns when nothing is left. What failed once is not tried
// again.
func (h *Hooks) Close(ctx context.Context) {
	h.mu.Lock()
	if !h.closed {
		h.closed = true
		close(h.closing)
	}
	h.mu.Unlock()
	done := make(chan struct{})
	go func() {
		h.work.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		h.cut()
		<-done
	}
	h.cut()
	h.web.client.CloseIdleConnections()
	h.web.bound.CloseIdleConnections()
}

// Counts are what was called for one application.
type Counts struct {
	App string // its key

	Done    uint64 // calls that were answered well
	Refused uint64 // that the back end said no to (4xx)
	Late    uint64 // that were not answered in time
	Failed  uint64 // that failed otherwise
	Dropped uint64 // events that were not told, because too many waited
	Waiting int    // what waits, now
	Calling int    // calls, now
}

// Counts counts, for each application that was called.
func (h *Hooks) Counts() []Counts {
	h.mu.RLock()
	defer h.mu.RUnlock()
	out := make([]Counts, 0, len(h.backs))
	for _, b := range h.backs {
		out = append(out, b.counted())
	}
	return out
}

// back finds what is known of an application's back end.
func (h *Hooks) back(key string) *back {
	h.mu.Lock()
	defer h.mu.Unlock()
	b := h.backs[key]
	if b == nil {
		b = newBack(h, key)
		h.backs[key] = b
	}
	return b
}

// system is the machine's clock.
type system struct{}

func (system) Now() time.Time                         { return time.Now() }
func (system) After(d time.Duration) <-chan time.Time { return time.After(d) }
