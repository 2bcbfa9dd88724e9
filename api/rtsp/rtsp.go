package rtsp

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"sluice/api"
	"sluice/api/rtsp/login"
	"sluice/engine/fault"
)

// Options are what a door is made with. Engine is needed, and something to listen on.
type Options struct {
	Engine Engine
	// Claims tells whether a graph's route names the application, which then is part of the stream's name, for rights too; nil: none does.
	Claims func(event, path string, vars map[string]any) bool
	// Listen and TLSListen are addresses "host:port" for RTSP and RTSPS.
	Listen, TLSListen []string
	TLS               *tls.Config // needed with TLSListen
	// UDP is the address of the first of two neighbouring ports for media over UDP, an even one; RTSPS has the two that follow.
	// Empty: media goes over TCP alone.
	UDP string
	// Multicast is a range of addresses such as "239.192.0.0/16" to give streams at, and MulticastPort the first of two ports
	// there, an even one. Empty: streams are not given like that.
	Multicast     string
	MulticastPort int
	// Auth says who may publish and play; nil: everybody.
	Auth login.Authoriser
	// Sessions is how many there may be at a time; 0: 10,000. Connections is how many there may be for each address that is
	// listened on, and PerAddress how many of them from one address; 0: 20,000 and 1,000.
	Sessions, Connections, PerAddress int
	// Timeout is how long a stream may take to be there; 0: 15 s. Idle is how long a client may say nothing; 0: 60 s. Silence
	// is how long a publisher may send nothing; 0: 10 s.
	Timeout, Idle, Silence time.Duration
	// Present is told who publishes and plays; nil: nobody is.
	Present *api.Sessions
	Log     *slog.Logger // nil: nothing is logged
}

// Door lets clients in that speak RTSP. Safe for concurrent use.
type Door struct {
	opt     Options
	visits  table
	desk    *login.Desk
	servers []*server // of RTSP, of RTSPS
	frames  sync.Pool // *[]byte, in which frames are put together

	cut    func() context.Context // done when everybody is to be cut off
	end    context.CancelFunc
	closed chan struct{}
	once   sync.Once
}

// New makes a door.
func New(o Options) (*Door, error) {
	if o.Engine == nil || len(o.Listen)+len(o.TLSListen) == 0 || len(o.TLSListen) > 0 && o.TLS == nil {
		return nil, fault.New(fault.Internal, "rtsp", "the door needs an engine, an address, and for RTSPS a certificate")
	}
	const (
		sessions, connections, each = 10_000, 20_000, 1_000
		timeout, idle, silence      = 15 * time.Second, 60 * time.Second, 10 * time.Second
	)
	o.Sessions = cmp.Or(o.Sessions, sessions)
	o.Connections, o.PerAddress = cmp.Or(o.Connections, connections), cmp.Or(o.PerAddress, each)
	o.Timeout, o.Idle, o.Silence = cmp.Or(o.Timeout, timeout), cmp.Or(o.Idle, idle), cmp.Or(o.Silence, silence)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	cut, end := context.WithCancel(context.Background())
	d := &Door{
		opt: o, cut: func() context.Context { return cut }, end: end, closed: make(chan struct{}),
		desk:   login.New(o.Auth),
		visits: table{limit: o.Sessions, all: map[*visit]struct{}{}},
	}
	if len(o.Listen) > 0 {
		d.servers = append(d.servers, newServer(d, "rtsp.listen", o.Listen, nil))
	}
	if len(o.TLSListen) > 0 {
		d.servers = append(d.servers, newServer(d, "rtsp.tls_listen", o.TLSListen, o.TLS))
	}
	return d, nil
}

// Name is "rtsp".
func (d *Door) Name() string { return "rtsp" }

// Listen implements api.Door.
func (d *Door) Listen(ctx context.Context) error {
	var wrong []error
	for _, s := range d.servers {
		wrong = append(wrong, s.listen(ctx))
	}
	return errors.Join(wrong...)
}

// Addresses are those that are listened on: of RTSP first, then of RTSPS.
func (d *Door) Addresses() []net.Addr {
	var out []net.Addr
	for _, s := range d.servers {
		out = append(out, s.gate.Addresses()...)
	}
	return out
}

// Serve implements api.Door.
func (d *Door) Serve(ctx context.Context) error {
	select {
	case <-d.closed:
	case <-ctx.Done():
		d.visits.close()
		d.shut()
	}
	return nil
}

// Close implements api.Door. Who is inside is waited for until ctx is done.
func (d *Door) Close(ctx context.Context) error {
	d.visits.close()
	for _, s := range d.servers {
		s.gate.Refuse()
	}
	gone := make(chan struct{})
	go func() { defer close(gone); d.visits.busy.Wait() }()
	select {
	case <-gone:
	case <-ctx.Done():
	}
	d.shut()
	<-gone
	d.once.Do(func() { close(d.closed) })
	return nil
}

// shut cuts everybody off.
func (d *Door) shut() {
	d.end()
	for _, s := range d.servers {
		s.close()
	}
	d.visits.busy.Wait()
}
