package rtmp

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"sluice/api"
	"sluice/api/auth"
	"sluice/api/rtmp/session"
	"sluice/engine"
	"sluice/engine/fault"
	"sluice/engine/hub"
)

// stopping is how long the end of one stream may take before it is cut off.
const stopping = 10 * time.Second

// errEnded is why a player ends whose stream did.
var errEnded = fault.New(fault.Closed, "", "the stream has ended")

// Options are what a door is made with. Engine is needed.
type Options struct {
	Engine Engine
	// Auth says who may publish and play; nil: everybody.
	Auth Authoriser
	// Listen and TLSListen are addresses "host:port" for RTMP and RTMPS; TLS is needed for the latter.
	Listen, TLSListen []string
	TLS               *tls.Config
	// Connections is how many there may be at a time, and PerAddress how many of them from one address; 0: 10,000 and 1,000.
	Connections, PerAddress int
	// Timeout is how long a graph may take to begin; 0: 20 s.
	Timeout time.Duration
	Session session.Options
	Log     *slog.Logger // nil: nothing is logged
}

// Door lets clients of RTMP in. Safe for concurrent use.
type Door struct {
	opt       Options
	listeners []net.Listener
	presses   presses
	tally     tally

	mu      sync.Mutex
	closing bool
	all     sync.WaitGroup // connections

	soft   func() context.Context // done when nobody new is to begin and those who are inside are to end
	end    context.CancelCauseFunc
	closed chan struct{}
	once   sync.Once
}

// New makes a door.
func New(o Options) (*Door, error) {
	if o.Engine == nil {
		return nil, fault.New(fault.Internal, "rtmp", "the door needs an engine")
	}
	if len(o.TLSListen) > 0 && o.TLS == nil {
		return nil, fault.New(fault.InvalidParams, "rtmp.tls_listen", "there is no certificate for RTMPS")
	}
	const connections, each, timeout = 10_000, 1_000, 20 * time.Second
	o.Connections, o.PerAddress = cmp.Or(o.Connections, connections), cmp.Or(o.PerAddress, each)
	o.Timeout = cmp.Or(o.Timeout, timeout)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	cut, end := context.WithCancelCause(context.Background())
	return &Door{opt: o, soft: func() context.Context { return cut }, end: end, closed: make(chan struct{})}, nil
}

// Name is "rtmp".
func (d *Door) Name() string { return "rtmp" }

// Listen implements api.Door.
func (d *Door) Listen(ctx context.Context) error {
	var wrong []error
	for _, l := range []struct {
		key  string
		at   []string
		conf *tls.Config
	}{{"rtmp.listen", d.opt.Listen, nil}, {"rtmp.tls_listen", d.opt.TLSListen, d.opt.TLS}} {
		for _, a := range l.at {
			bound, err := api.Bind(ctx, l.key, a)
			if err != nil {
				wrong = append(wrong, err)
				continue
			}
			bound = api.Limit(bound, d.opt.Connections, d.opt.PerAddress)
			if l.conf != nil {
				bound = tls.NewListener(bound, l.conf)
			}
			d.listeners = append(d.listeners, bound)
		}
	}
	return errors.Join(wrong...)
}

// Addresses are those that are listened on: of RTMP first, then of RTMPS.
func (d *Door) Addresses() []net.Addr {
	out := make([]net.Addr, 0, len(d.listeners))
	for _, l := range d.listeners {
		out = append(out, l.Addr())
	}
	return out
}

// Serve implements api.Door.
func (d *Door) Serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { d.shut(); d.end(fault.New(fault.Closed, "", "the server stops")) })
	defer stop()
	var loops sync.WaitGroup
	for _, l := range d.listeners {
		loops.Go(func() { d.accept(l) }) //nolint:contextcheck // connections outlive ctx by as long as they are given to end
	}
	loops.Wait()
	d.all.Wait()
	if ctx.Err() == nil {
		<-d.closed
	}
	return nil
}

// accept lets clients in until the listener is closed.
func (d *Door) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // too many files are open, say: that passes
			d.opt.Log.Warn("no connection can be accepted", "err", err)
			select {
			case <-time.After(100 * time.Millisecond):
				continue
			case <-d.soft().Done():
				return
			}
		}
		d.mu.Lock()
		if d.closing {
			d.mu.Unlock()
			_ = conn.Close()
			return
		}
		d.all.Add(1)
		d.mu.Unlock()
		go func() {
			defer d.all.Done()
			defer one(&d.tally.connections)()
			err := session.Serve(d.soft(), conn, d, d.opt.Session)
			d.opt.Log.Debug("connection ended", "remote", conn.RemoteAddr(), "reason", err)
		}()
	}
}

// shut lets nobody in any more.
func (d *Door) shut() {
	d.mu.Lock()
	d.closing = true
	d.mu.Unlock()
	for _, l := range d.listeners {
		_ = l.Close() // it may be closed already
	}
}

// Close implements api.Door.
func (d *Door) Close(ctx context.Context) error {
	d.shut()
	gone := make(chan struct{})
	go func() { defer close(gone); d.all.Wait() }()
	select {
	case <-gone:
	case <-ctx.Done():
		d.end(fault.New(fault.Closed, "", "the server stops"))
		<-gone
	}
	d.once.Do(func() { close(d.closed) })
	d.end(nil)
	return nil
}

// Stream implements session.Handler: it has a graph serve a client.
func (d *Door) Stream(ctx context.Context, s *session.Stream) {
	press, back := d.presses.take(s.Name)
	defer back()
	kind := &d.tally.players
	if s.Publish {
		kind = &d.tally.publishers
	}
	defer one(kind)()
	peer := newPeer(s, press)
	began := time.Now()
	log := d.opt.Log.With("stream", s.Name, "publish", s.Publish, "remote", s.Remote)
	i, err := d.raise(ctx, s, peer)
	if err != nil {
		peer.finish(err)
		log.Info("refused", "reason", err)
		s.Refuse(err)
		return
	}
	if peer.out != nil {
		s.Accept()
		peer.out.play()
	}
	log.Info("began", "after", time.Since(began))
	select {
	case <-ctx.Done():
	case <-peer.done:
		d.farewell(s, peer.err)
	}
	over, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopping)
	defer cancel()
	err = i.Stop(over)
	log.Info("ended", "reason", peer.err, "duration", time.Since(began), "err", err)
}

// farewell tells a client why it is over.
func (d *Door) farewell(s *session.Stream, reason error) {
	switch {
	case !s.Publish && (reason == nil || fault.CodeOf(reason) == fault.Closed):
		s.Over()
	case reason != nil:
		s.Refuse(reason)
	}
}

// raise asks who it is, and starts the graph that serves it.
func (d *Door) raise(ctx context.Context, s *session.Stream, peer *Peer) (Instance, error) {
	if err := hub.CheckName(s.Name); err != nil {
		return nil, err
	}
	user, err := d.authorise(ctx, s)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, d.opt.Timeout)
	defer cancel()
	event := "rtmp.play"
	if s.Publish {
		event = "rtmp.publish"
	}
	return d.opt.Engine.Raise(ctx, engine.Event{
		Name: event, Path: "/" + s.Name,
		Vars:     map[string]any{"app": s.App, "query": query(s), "addr": s.Remote.String(), "user": user},
		Sessions: map[string]any{"peer": peer},
	})
}

// authorise asks whether the client may do what it wants.
func (d *Door) authorise(ctx context.Context, s *session.Stream) (string, error) {
	if d.opt.Auth == nil {
		return "", nil
	}
	q := auth.Request{
		Action: auth.Play, Stream: s.Name, User: s.User, Password: s.Pass, Token: s.Params.Get("token"),
		Remote: s.Remote.Addr(), Protocol: "rtmp",
	}
	if s.Publish {
		q.Action = auth.Publish
	}
	if q.User == "" {
		q.User = s.Params.Get("user")
		q.Password = cmp.Or(s.Params.Get("pass"), s.Params.Get("password"))
	}
	return d.opt.Auth.Authorise(ctx, q)
}

// query gives what graphs may know of the parameters, and no secrets.
func query(s *session.Stream) map[string]any {
	out := map[string]any{}
	for name, values := range s.Params {
		switch strings.ToLower(name) {
		case "token", "password", "pass":
		default:
			out[name] = values[0]
		}
	}
	return out
}
