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
	"sluice/api/rtmp/login"
	"sluice/api/rtmp/session"
	"sluice/api/visitor"
	"sluice/engine"
	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/hub"
)

// stopping is how long the end of one stream may take before it is cut off.
const stopping = 10 * time.Second

// errDismissed is why a client ends whose session was ended from outside.
var errDismissed = fault.New(fault.Closed, "", "the session was ended by whoever runs the server")

// errEnded is why a player ends whose stream did.
var errEnded = fault.New(fault.Closed, "", "the stream has ended")

// Options are what a door is made with. Engine is needed.
type Options struct {
	Engine visitor.Engine
	// Claims tells whether a graph's route names the application, which then is part of the stream's name, for rights too; nil: none does.
	Claims func(event, path string, vars map[string]any) bool
	// Auth says who may publish and play; nil: everybody.
	Auth visitor.Authoriser
	// Listen and TLSListen are addresses "host:port" for RTMP and RTMPS; TLS is needed for the latter.
	Listen, TLSListen []string
	TLS               *tls.Config
	// Connections is how many there may be at a time, and PerAddress how many of them from one address; 0: 10,000 and 1,000.
	Connections, PerAddress int
	// Timeout is how long a graph may take to begin; 0: 20 s.
	Timeout time.Duration
	// Steady is how long a publication has to last before its publisher may go on with other codecs, which is a publication of its own;
	// who changes more often is sent away. 0: 2 s.
	Steady  time.Duration
	Session session.Options
	// Login are the applications whose clients are asked to log in by Adobe's scheme before they say what they want; "*" is all.
	Login []string
	// Bus tells what is said of streams, for those who play them; nil: they do not hear of it.
	Bus *event.Bus
	// Pages are the streams of pages with the Web SDK whose Flash clients come in here; nil: there are none.
	Pages *Pages
	// Present is told who publishes and plays; nil: nobody is.
	Present *api.Sessions
	Log     *slog.Logger // nil: nothing is logged
}

// Door lets clients of RTMP in. Safe for concurrent use.
type Door struct {
	opt       Options
	listeners []net.Listener
	presses   presses
	audience  audience
	desk      *login.Desk
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
	o.Timeout, o.Steady = cmp.Or(o.Timeout, timeout), cmp.Or(o.Steady, 2*time.Second)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	cut, end := context.WithCancelCause(context.Background())
	if o.Pages == nil {
		o.Pages = NewPages()
	}
	d := &Door{opt: o, desk: login.New(), soft: func() context.Context { return cut }, end: end, closed: make(chan struct{})}
	d.opt.Session.Connect = d.greet
	return d, nil
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
	var loops, own sync.WaitGroup
	told, quiet := context.WithCancel(context.WithoutCancel(ctx))
	if d.opt.Bus != nil {
		own.Go(func() { d.tell(told) })
	}
	for _, l := range d.listeners {
		loops.Go(func() { d.accept(l) }) //nolint:contextcheck // connections outlive ctx by as long as they are given to end
	}
	loops.Wait()
	d.all.Wait()
	if ctx.Err() == nil {
		<-d.closed
	}
	quiet()
	own.Wait()
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
	if s.Page != "" {
		d.carry(ctx, s)
		return
	}
	name := d.name(s)
	press, back := d.presses.take(name)
	defer back()
	kind := &d.tally.players
	if s.Publish {
		kind = &d.tally.publishers
	}
	defer one(kind)()
	for before, on := (*intake)(nil), true; on; {
		peer := newPeer(s, press)
		if peer.in != nil {
			peer.before, peer.in.renewal.change, before = before, peer.Finish, peer.in.intake
		}
		on = d.attend(ctx, s, name, peer)
	}
}

// attend has a graph serve a client until either ends. It tells whether the client goes on with something else.
func (d *Door) attend(ctx context.Context, s *session.Stream, name string, peer *Peer) (on bool) {
	began := time.Now()
	log := d.opt.Log.With("stream", name, "publish", s.Publish, "remote", s.Remote)
	i, err := d.raise(ctx, s, name, peer)
	if err != nil {
		peer.Finish(err)
		log.Info("refused", "reason", err)
		s.Refuse(err)
		return false
	}
	if peer.out != nil {
		s.Accept()
		peer.out.play()
		defer d.audience.enter(name, peer)()
	}
	log.Info("began", "after", time.Since(began))
	defer d.opt.Present.Enter(entry(s, name, peer, i, began), func() { peer.Finish(errDismissed) })()
	select {
	case <-ctx.Done():
	case <-peer.Done():
		if on = peer.in != nil && peer.in.renewed(peer.Err(), time.Since(began) >= d.opt.Steady); !on {
			d.farewell(s, peer.Err())
		}
	}
	over, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopping)
	defer cancel()
	err = i.Stop(over)
	log.Info("ended", "reason", peer.Err(), "duration", time.Since(began), "err", err)
	return on
}

// entry is what others may see of a client.
func entry(s *session.Stream, name string, peer *Peer, i visitor.Instance, began time.Time) api.Session {
	one := api.Session{
		ID: i.ID(), Pipeline: i.ID(), Protocol: "rtmp", Direction: api.Plays, Stream: name, Remote: s.Remote.String(),
		User: peer.user, Since: began,
	}
	if s.Publish {
		one.Direction = api.Publishes
	}
	return one
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

// name is that of the stream that a client means: what it says, below its application where a graph's route names that.
func (d *Door) name(s *session.Stream) string {
	full := s.App + "/" + s.Name
	if d.opt.Claims == nil || s.App == "" || !d.opt.Claims(trigger(s), "/"+full, variables(s)) {
		return s.Name
	}
	return full
}

// trigger is the event that a client raises.
func trigger(s *session.Stream) string {
	if s.Publish {
		return "rtmp.publish"
	}
	return "rtmp.play"
}

// variables are those of the event; who it is comes later.
func variables(s *session.Stream) map[string]any {
	return map[string]any{"app": s.App, "query": query(s), "addr": s.Remote.String()}
}

// raise asks who it is, and starts the graph that serves it.
func (d *Door) raise(ctx context.Context, s *session.Stream, name string, peer *Peer) (visitor.Instance, error) {
	if err := hub.CheckName(name); err != nil {
		return nil, err
	}
	user, err := d.authorise(ctx, s, name)
	if err != nil {
		return nil, err
	}
	peer.user = user
	ctx, cancel := context.WithTimeout(ctx, d.opt.Timeout)
	defer cancel()
	vars := variables(s)
	vars["user"] = user
	return d.opt.Engine.Raise(ctx, engine.Event{
		Name: trigger(s), Path: "/" + name, Vars: vars, Sessions: map[string]any{"peer": peer},
	})
}

// query gives what graphs may know of the parameters, and no secrets.
func query(s *session.Stream) map[string]any {
	out := map[string]any{}
	for name, values := range s.Params {
		switch strings.ToLower(name) {
		case "token", "jwt", "key", "password", "pass":
		default:
			out[name] = values[0]
		}
	}
	return out
}
