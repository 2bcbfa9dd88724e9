package hls

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"sluice/api"
	"sluice/api/auth"
	"sluice/api/hls/catalog"
	"sluice/engine"
	"sluice/engine/fault"
)

// Engine starts the graph that answers an event. What it started ends by itself when nobody watches any more.
type Engine interface {
	Raise(ctx context.Context, ev engine.Event) error
	// Has tells whether somebody publishes under a name.
	Has(stream string) bool
}

// Authoriser says who may play, as auth.Static does. One that also has a method Asks() bool, which returns true, may ask somebody who
// looks at all parameters of an address: all are in the addresses that follow from it, then.
type Authoriser interface {
	Authorise(ctx context.Context, q auth.Request) (user string, err error)
}

// Clock tells time, so that tests can.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

// Options are what a door is made with. Engine and Catalog are needed.
type Options struct {
	Engine  Engine
	Catalog *catalog.Catalog // what there is to show; not open yet
	// Auth says who may play; nil: everybody.
	Auth Authoriser
	// Viewers is how many there may be at a time, Held how many requests may wait at a time for what is not there yet; 0: 20,000.
	Viewers, Held int
	// ViewersPerAddress and HeldPerAddress are how many of them may be of one address, or of one /64 of IPv6; 0: 2,000.
	ViewersPerAddress, HeldPerAddress int
	// Timeout is how long a stream may take to be there; 0: 15 s. Idle is after how long without a request a viewer has gone; 0: 20 s.
	Timeout, Idle time.Duration
	// Grace and Folder are as of catalog.Options.
	Grace  time.Duration
	Folder string
	// Present is told who watches; nil: nobody is.
	Present *api.Sessions
	Clock   Clock        // nil: the time there is
	Log     *slog.Logger // nil: nothing is logged
}

// Door shows HLS streams to viewers. It shares a web server, and listens on nothing itself. Safe for concurrent use.
type Door struct {
	opt     Options
	whole   bool // the Authoriser asks somebody who looks at all parameters
	held    held
	begun   held // starts: who asks for one and goes leaves it behind
	viewers viewers
	proofs  proofs
	constants

	cut    func() context.Context // done when the door is closed
	end    context.CancelFunc
	closed chan struct{}
	once   sync.Once
	work   sync.WaitGroup // starts

	mu     sync.Mutex
	shut   bool
	starts map[string]*start // by path
	gone   int               // of them, those that say that there is no such stream
}

// New makes a door, and opens its catalogue.
func New(o Options) (*Door, error) {
	if o.Engine == nil || o.Catalog == nil {
		return nil, fault.New(fault.Internal, "hls", "the door needs an engine and a catalogue")
	}
	const (
		viewing, waiting, ofOne = 20_000, 20_000, 2_000
		timeout, idle           = 15 * time.Second, 20 * time.Second
	)
	o.Viewers, o.ViewersPerAddress = cmp.Or(o.Viewers, viewing), cmp.Or(o.ViewersPerAddress, ofOne)
	o.Held, o.HeldPerAddress = cmp.Or(o.Held, waiting), cmp.Or(o.HeldPerAddress, ofOne)
	o.Timeout, o.Idle = cmp.Or(o.Timeout, timeout), cmp.Or(o.Idle, idle)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = system{}
	}
	cut, end := context.WithCancel(context.Background())
	d := &Door{
		opt: o, cut: func() context.Context { return cut }, end: end, closed: make(chan struct{}), starts: map[string]*start{},
		held: newHeld(o.Held, o.HeldPerAddress), begun: newHeld(o.Held, o.HeldPerAddress), constants: newConstants(),
		proofs: newProofs(o.Viewers, o.ViewersPerAddress),
	}
	if a, ok := o.Auth.(interface{ Asks() bool }); ok {
		d.whole = a.Asks()
	}
	d.viewers = viewers{
		limit: o.Viewers, ofOne: o.ViewersPerAddress, present: o.Present, log: o.Log,
		all: map[identity]*viewer{}, each: map[string]int{},
	}
	return d, o.Catalog.Open(catalog.Options{Grace: o.Grace, Folder: o.Folder, Clock: o.Clock, Log: o.Log})
}

// Name is "hls".
func (d *Door) Name() string { return "hls" }

// Handler takes all requests.
func (d *Door) Handler() http.Handler { return http.HandlerFunc(d.serve) }

// Listen has nothing to bind.
func (d *Door) Listen(context.Context) error { return nil }

// Serve sees to it that viewers who ask for nothing any more are counted out. It returns when the door is closed, or ctx is done.
func (d *Door) Serve(ctx context.Context) error {
	const (
		looks  = 8           // in the time after which a viewer has gone
		seldom = time.Second // it is what is remembered of nobody's streams, however long viewers stay
	)
	for {
		select {
		case <-d.opt.Clock.After(max(min(d.opt.Idle/looks, seldom), time.Millisecond)):
			now := d.opt.Clock.Now()
			d.viewers.sweep(now.Add(-d.opt.Idle))
			d.proofs.sweep(now)
			d.forget(now)
		case <-d.closed:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// Close lets nobody in any more. Who waits for something is told at once that it will not come: streams have no end that could be
// waited for.
func (d *Door) Close(context.Context) error {
	d.mu.Lock()
	d.shut = true
	d.mu.Unlock()
	d.end()
	d.work.Wait()
	d.viewers.close()
	err := d.opt.Catalog.Close()
	d.once.Do(func() { close(d.closed) })
	return err
}

// Counts is what the door has at one moment.
type Counts struct {
	Viewers int // who play
	Streams int // that are made
	Held    int // requests that wait for what is not there yet
}

// Counts counts.
func (d *Door) Counts() Counts {
	return Counts{Viewers: d.viewers.count(), Streams: d.opt.Catalog.Len(), Held: d.held.count()}
}

// system is the machine's clock.
type system struct{}

func (system) Now() time.Time                         { return time.Now() }
func (system) After(d time.Duration) <-chan time.Time { return time.After(d) }
