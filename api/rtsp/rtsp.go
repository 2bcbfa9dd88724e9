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

	"github.com/bluenviron/gortsplib/v5"

	"sluice/api/auth"
	"sluice/engine"
	"sluice/engine/fault"
)

// Engine starts the graph that answers an event.
type Engine interface {
	Raise(ctx context.Context, ev engine.Event) (Instance, error)
	// Has tells whether somebody publishes under a name.
	Has(stream string) bool
}

// Instance is a graph that runs for one client.
type Instance interface {
	// Stop ends it, its peer included, and returns when all of it is gone, or soon after ctx is done.
	Stop(ctx context.Context) error
}

// Authoriser says who may publish and play, as auth.Static does.
type Authoriser interface {
	Authorise(ctx context.Context, q auth.Request) (user string, err error)
}

// Options are what a door is made with. Engine and Bind are needed.
type Options struct {
	Engine Engine
	// Bind listens for RTSP; BindTLS, which may be nil, for RTSPS, with TLS. Both give TCP listeners.
	Bind    func(ctx context.Context) (net.Listener, error)
	BindTLS func(ctx context.Context) (net.Listener, error)
	TLS     *tls.Config
	// UDP are two neighbouring ports for media, the first of them even; 0: none over UDP. They are bound on Host.
	UDP  int
	Host string
	// UDPKey is the key of the configuration that UDP is from.
	UDPKey string
	// Multicast is a range of addresses such as "239.192.0.0/16" to give streams at; "": none is given. Ports are two of its own.
	Multicast      string
	MulticastPorts int
	// Auth says who may publish and play; nil: everybody.
	Auth Authoriser
	// Sessions is how many there may be at a time; 0: 10,000. Connections and Each are how many of all and of one address; 0:
	// twice the sessions, and 256.
	Sessions, Connections, Each int
	// Timeout is how long a stream may take to be there; 0: 15 s. Idle is how long a client may say nothing; 0: 60 s. Silence
	// is how long a publisher may send nothing; 0: 10 s.
	Timeout, Idle, Silence time.Duration
	Log                    *slog.Logger // nil: nothing is logged
}

// Door lets clients in that speak RTSP. Safe for concurrent use.
type Door struct {
	opt    Options
	visits table
	plain  *server
	secure *server // nil: no RTSPS
	crowd  *crowd
	frames sync.Pool // *[]byte, in which frames are put together

	cut    func() context.Context // done when everybody is to be cut off
	end    context.CancelFunc
	closed chan struct{}
	once   sync.Once
}

// New makes a door.
func New(o Options) (*Door, error) {
	if o.Engine == nil || o.Bind == nil {
		return nil, fault.New(fault.Internal, "rtsp", "the door needs an engine and an address")
	}
	const (
		sessions, each         = 10_000, 256
		timeout, idle, silence = 15 * time.Second, 60 * time.Second, 10 * time.Second
	)
	o.Sessions = cmp.Or(o.Sessions, sessions)
	o.Connections, o.Each = cmp.Or(o.Connections, 2*o.Sessions), cmp.Or(o.Each, each)
	o.Timeout, o.Idle, o.Silence = cmp.Or(o.Timeout, timeout), cmp.Or(o.Idle, idle), cmp.Or(o.Silence, silence)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	cut, end := context.WithCancel(context.Background())
	d := &Door{
		opt: o, cut: func() context.Context { return cut }, end: end, closed: make(chan struct{}),
		crowd:  &crowd{most: o.Connections, each: o.Each},
		visits: table{limit: o.Sessions, all: map[*visit]struct{}{}},
	}
	d.plain = newServer(d, false)
	if o.BindTLS != nil {
		d.secure = newServer(d, true)
	}
	return d, nil
}

// Name is "rtsp".
func (d *Door) Name() string { return "rtsp" }

// Listen implements api.Door.
func (d *Door) Listen(ctx context.Context) error {
	if err := d.plain.listen(ctx, d.opt.Bind); err != nil {
		return err
	}
	if d.secure == nil {
		return nil
	}
	if err := d.secure.listen(ctx, d.opt.BindTLS); err != nil {
		d.plain.close()
		return err
	}
	return nil
}

// Addresses are where the door listens: RTSP, and RTSPS if it does.
func (d *Door) Addresses() []net.Addr {
	var out []net.Addr
	for _, s := range []*server{d.plain, d.secure} {
		if s != nil && s.gate != nil {
			out = append(out, s.gate.Addr())
		}
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
	for _, s := range d.servers() {
		s.refuse()
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
	for _, s := range d.servers() {
		s.close()
	}
	d.visits.busy.Wait()
}

func (d *Door) servers() []*server {
	if d.secure == nil {
		return []*server{d.plain}
	}
	return []*server{d.plain, d.secure}
}

// server is gortsplib's, with a gate of ours before it. There are two, since one has either TLS or not.
type server struct {
	door   *Door
	secure bool
	rtsp   gortsplib.Server
	gate   *gate
	once   sync.Once
}

func newServer(d *Door, secure bool) *server {
	s := &server{door: d, secure: secure}
	const queue = 512 // packets that wait for a player's socket, where they are not written at once; a power of two
	s.rtsp = gortsplib.Server{
		Handler: &handler{server: s}, ReadTimeout: d.opt.Silence, IdleTimeout: d.opt.Idle, WriteTimeout: writing,
		WriteQueueSize: queue, DisableRTCPSenderReports: true,
	}
	return s
}

// writing is how long what was written may take to be sent, at most.
const writing = 10 * time.Second

// listen binds and begins to serve.
func (s *server) listen(ctx context.Context, bind func(context.Context) (net.Listener, error)) error {
	l, err := bind(ctx)
	if err != nil {
		return err
	}
	o := s.door.opt
	s.gate = &gate{Listener: l, idle: o.Idle, crowd: s.door.crowd, over: make(chan struct{})}
	s.rtsp.RTSPAddress = l.Addr().String()
	s.rtsp.Listen = func(string, string) (net.Listener, error) { return s.gate, nil }
	if s.secure {
		s.gate.tls, s.rtsp.TLSConfig = o.TLS, o.TLS
		s.rtsp.TLSListen = func(string, string, *tls.Config) (net.Listener, error) { return s.gate, nil }
	}
	if err := s.udp(); err != nil {
		return errors.Join(err, l.Close())
	}
	return nil
}

// refuse lets nobody in any more.
func (s *server) refuse() {
	if s.gate != nil {
		s.gate.refuse()
	}
}

// close cuts off who is left and returns when nothing runs any more.
func (s *server) close() {
	if s.gate == nil {
		return
	}
	s.once.Do(func() {
		s.refuse()
		s.gate.end()
		s.rtsp.Close()
	})
}
