package srt

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"sluice/api"
	"sluice/api/srt/link"
	"sluice/api/visitor"
	"sluice/engine/fault"
)

// Options are what a door is made with. Engine is needed.
type Options struct {
	Engine visitor.Engine
	// Auth says who may publish and play; nil: everybody.
	Auth visitor.Authoriser
	// Listen are addresses "host:port" of UDP.
	Listen []string
	// Passphrase, of 10 to 79 characters, is what clients encrypt with; "" has only streams in the clear. With Clear, clients may
	// do without all the same.
	Passphrase string
	Clear      bool
	// Latency is how long what is lost may take to be sent again, at least; 0: 120 ms.
	Latency time.Duration
	// Silence is how long a client may say nothing at all, and Idle how long a publisher may send no media; 0: 5 s and 10 s.
	Silence, Idle time.Duration
	// Connections is how many there may be at a time, and PerAddress how many of them from one address; 0: 10,000 and 1,000.
	Connections, PerAddress int
	// Timeout is how long a graph may take to begin; 0: 15 s. Most clients wait for 3 s.
	Timeout time.Duration
	// Steady is how long a publication has to last before its publisher may go on with other codecs, which is a publication of its own;
	// who changes more often is sent away. 0: 2 s.
	Steady time.Duration
	// Present is told who publishes and plays; nil: nobody is.
	Present *api.Sessions
	Log     *slog.Logger // nil: nothing is logged
}

// Door lets clients of SRT in. Safe for concurrent use.
type Door struct {
	opt       Options
	listeners []*link.Listener
	tally     tally

	mu      sync.Mutex
	closing bool
	all     sync.WaitGroup // clients

	cut    context.Context //nolint:containedctx // done when nobody is to be inside any more
	end    context.CancelCauseFunc
	open   context.Context //nolint:containedctx // done when nobody new is let in
	shut   context.CancelFunc
	closed chan struct{}
	once   sync.Once
}

// New makes a door.
func New(o Options) (*Door, error) {
	if o.Engine == nil {
		return nil, fault.New(fault.Internal, "srt", "the door needs an engine")
	}
	if n := len(o.Passphrase); n > 0 && (n < link.MinPassphrase || n > link.MaxPassphrase) {
		return nil, fault.New(fault.InvalidParams, "srt.passphrase", "passphrases have %d to %d characters", link.MinPassphrase,
			link.MaxPassphrase)
	}
	const connections, each, timeout, idle = 10_000, 1_000, 15 * time.Second, 10 * time.Second
	o.Connections, o.PerAddress = cmp.Or(o.Connections, connections), cmp.Or(o.PerAddress, each)
	o.Timeout, o.Idle, o.Steady = cmp.Or(o.Timeout, timeout), cmp.Or(o.Idle, idle), cmp.Or(o.Steady, 2*time.Second)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	d := &Door{opt: o, closed: make(chan struct{})}
	d.cut, d.end = context.WithCancelCause(context.Background())
	d.open, d.shut = context.WithCancel(d.cut)
	return d, nil
}

// Name is "srt".
func (d *Door) Name() string { return "srt" }

// Listen implements api.Door.
func (d *Door) Listen(ctx context.Context) error {
	var wrong []error
	var config net.ListenConfig
	for _, a := range d.opt.Listen {
		bound, err := config.ListenPacket(ctx, "udp", a)
		udp, ok := bound.(*net.UDPConn)
		if err != nil || !ok {
			wrong = append(wrong, api.Unbound("srt.listen", "udp", a, err))
			continue
		}
		d.listeners = append(d.listeners, link.Listen(udp, link.Options{
			Latency: d.opt.Latency, Silence: d.opt.Silence, Connections: d.opt.Connections, PerAddress: d.opt.PerAddress, Log: d.opt.Log,
		}))
	}
	return errors.Join(wrong...)
}

// Addresses are those that are listened on.
func (d *Door) Addresses() []net.Addr {
	out := make([]net.Addr, 0, len(d.listeners))
	for _, l := range d.listeners {
		out = append(out, l.Addr())
	}
	return out
}

// Serve implements api.Door.
func (d *Door) Serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { d.lock(); d.end(errStops) })
	defer stop()
	var loops sync.WaitGroup
	for _, l := range d.listeners {
		loops.Go(func() { d.accept(l) })
	}
	loops.Wait()
	d.all.Wait()
	if ctx.Err() == nil {
		<-d.closed
	}
	for _, l := range d.listeners {
		l.Close()
	}
	return nil
}

var errStops = fault.New(fault.Closed, "", "the server stops")

// accept lets clients in until nobody is any more.
func (d *Door) accept(l *link.Listener) {
	for {
		r, err := l.Accept(d.open)
		if err != nil {
			return
		}
		d.mu.Lock()
		if d.closing {
			d.mu.Unlock()
			r.Reject(reason(errStops))
			continue
		}
		d.all.Add(1)
		d.mu.Unlock()
		go func() {
			defer d.all.Done()
			d.serve(d.cut, r)
		}()
	}
}

// lock lets nobody in any more.
func (d *Door) lock() {
	d.mu.Lock()
	d.closing = true
	d.mu.Unlock()
	d.shut()
}

// Close implements api.Door.
func (d *Door) Close(ctx context.Context) error {
	d.lock()
	gone := make(chan struct{})
	go func() { defer close(gone); d.all.Wait() }()
	select {
	case <-gone:
	case <-ctx.Done():
		d.end(errStops)
		<-gone
	}
	d.end(nil)
	d.once.Do(func() { close(d.closed) })
	for _, l := range d.listeners {
		l.Close()
	}
	return nil
}
