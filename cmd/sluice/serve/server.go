// Package serve is the server as a whole: it puts the graphs, the engine and the front doors together as the configuration
// says, opens them, takes changes over while it runs, and ends it all without breaking off what is under way. It knows no door
// by name and nothing of GStreamer: both are passed in. Everything hangs from a Server, so that several can run in one process.
package serve

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"sync"
	"time"

	"sluice/api"
	"sluice/api/apps"
	"sluice/api/auth/access"
	"sluice/api/hooks"
	"sluice/api/metrics"
	"sluice/api/mixer"
	"sluice/api/records"
	"sluice/api/rest/describe"
	"sluice/api/rest/guard"
	"sluice/api/rtmp"
	"sluice/api/snapshots"
	"sluice/cmd/sluice/config"
	"sluice/elements/webrtc"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/run"
	"sluice/engine/spec"
	"sluice/engine/store"
	"sluice/engine/worker"
)

// Options are what a server is made with. Config, Registry and Shipped are needed.
type Options struct {
	Config *config.Loaded
	// Reload reads the configuration again; nil: it never changes.
	Reload func() (*config.Loaded, []spec.Diagnostic, error)

	Registry *element.Registry
	Shipped  fs.FS // the graphs that come with sluice
	// Check finds what is wrong with a set of graphs.
	Check func(graphs []*spec.Graph) []spec.Diagnostic
	// Workers starts GStreamer. If it fails with fault.GstUnavailable, or is nil, graphs that code are refused.
	Workers func(ctx context.Context, log *slog.Logger, c config.WorkersConfig) (run.Open, Stop, error)
	// Count counts the processes that Workers started; false, or nil, if there are none.
	Count func() (worker.Counts, worker.Past, bool)
	// Doors make the front doors, in the order in which they open.
	Doors []Maker

	Log   *slog.Logger   // nil: nothing is logged
	Level *slog.LevelVar // of the log, to be changed by a reload; nil: it is not
	Say   io.Writer      // is told where the server can be reached, in words for people; nil: nobody is
	About string         // what the server is, for Say: "sluice v1.2.3"
	Tell  func(string)   // tells a service manager, as sd_notify(3) has it; nil: there is none
	Guard time.Duration  // how often the service manager wants to hear that the server lives; 0: never
	Clock element.Clock  // nil: the time there is
	Grace time.Duration  // how long ending may take once nobody is waited for any more; 0: 10 s
}

// Stop ends something, properly until ctx is done.
type Stop func(ctx context.Context) error

// Maker makes a door out of what doors share, and adds its handlers to the web server.
type Maker func(p *Parts) (api.Door, error)

// Parts are what doors share.
type Parts struct {
	Config       config.Config
	Options      *Options // of the server
	Engine       *Gate
	Graphs       *store.Store
	Peers        *webrtc.Peers
	Auth         *access.Access
	Web          *api.Web
	Certificates *api.Certificates // nil: there is no TLS
	Lives, Ready http.Handler      // tell whether the server lives, and whether it should be sent clients
	Log          *slog.Logger
	// Doors are those that were made before, Webs the web servers, by the section of the configuration that their addresses are from.
	Doors    []api.Door
	Webs     map[string]*api.Web
	Requests *metrics.Requests
	Reloads  func() metrics.Reloads
	// Present are who publishes and plays, through all doors.
	Present *api.Sessions
	// Mixers are those that have a name. Their door sets it.
	Mixers *mixer.Mixers
	// Flash are the streams of pages whose media goes over RTMP.
	Flash *rtmp.Pages
	// Records are the recordings. Their door sets it; nil if nothing is recorded.
	Records *records.Door
	// Camera takes pictures of streams. Its door sets it.
	Camera *snapshots.Camera
	// Apps are the applications. The door of Hooks sets them; nil if there are none.
	Apps *apps.Apps
	// Hooks call the back ends of applications. Their door sets it; nil if there are none.
	Hooks *hooks.Hooks
	// Relay gives a client addresses and credentials of the server's own relay. Its door sets it; nil if there is none.
	Relay func(user string) []config.ICEServerConfig
}

// Server is one server. It is started once.
type Server struct {
	opt     Options
	log     *slog.Logger
	clock   element.Clock
	graphs  *store.Store
	engine  *engine.Engine
	gate    *Gate
	peers   *webrtc.Peers
	auth    *access.Access
	certs   *api.Certificates
	web     *api.Web
	doors   *api.Group
	guests  *api.Group // the other doors, which stand on web or apart
	aparts  []*apart   // those with addresses of their own
	rooms   []api.Door // all that were made, in the order in which they open
	workers Stop       // nil without GStreamer
	health  *health

	work   sync.WaitGroup // goroutines of the server itself
	cancel context.CancelFunc
	begun  chan struct{} // closed when the graphs that start with the server have been started; nil before
	served chan error    // of the doors

	config *config.Loaded // as it is in effect; only for the goroutine of Run
	reread rereads
}

// New makes a server: it reads graphs and certificates, and binds the sockets of WebRTC. Whatever it began is ended if it fails.
func New(ctx context.Context, o Options) (*Server, error) {
	const grace = 10 * time.Second
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Tell == nil {
		o.Tell = func(string) {}
	}
	if o.Say == nil {
		o.Say = io.Discard
	}
	if o.Clock == nil {
		o.Clock = system{}
	}
	if o.Grace == 0 {
		o.Grace = grace
	}
	s := &Server{opt: o, log: o.Log, clock: o.Clock, config: o.Config, served: make(chan error, 1)}
	if err := s.build(ctx, &o.Config.Config); err != nil {
		s.end(ctx)
		return nil, err
	}
	return s, nil
}

// build makes everything, from the inside out.
func (s *Server) build(ctx context.Context, c *config.Config) error {
	if err := s.buildEngine(ctx, c); err != nil {
		return err
	}
	var wrong []error // of what is bound, so that all ports that are taken are told at once
	var err error
	s.peers, err = webrtc.New(peers(c, s.log, s.clock)) //nolint:contextcheck // peers outlive the making
	if err != nil {
		s.peers = nil
		wrong = append(wrong, unbound(err))
	}
	if s.auth, err = access.New(c.Auth, s.log.With("room", "auth")); err != nil {
		return err
	}
	if s.certs, err = certificates(c, s.log, s.clock); err != nil {
		return errors.Join(append(wrong, err)...)
	}
	s.health = newHealth(s.clock, s.alive, s.graphs)
	s.web = api.NewWeb(api.WebOptions{ //nolint:contextcheck // so do requests
		Plain: c.Web.Listen, PlainKey: "web.listen", Secure: c.Web.TLSListen, SecureKey: "web.tls_listen", Certificates: s.certs,
		Connections: c.Web.Connections, PerAddress: c.Web.PerAddress, Log: s.log.With("door", "web"),
	})
	if err := s.buildDoors(c); err != nil {
		return errors.Join(append(wrong, err)...)
	}
	if err := s.doors.Listen(ctx); err != nil {
		wrong = append(wrong, err)
	}
	return errors.Join(wrong...)
}

// buildEngine makes what runs graphs.
func (s *Server) buildEngine(ctx context.Context, c *config.Config) error {
	var err error
	s.graphs, err = store.New(store.Options{Root: c.Graphs, Base: s.opt.Shipped, Check: s.opt.Check, Log: s.log})
	if err != nil {
		return located(err, "graphs")
	}
	if err := s.graphs.Start(ctx); err != nil {
		return err
	}
	var open run.Open
	if s.opt.Workers != nil {
		open, s.workers, err = s.opt.Workers(ctx, s.log, c.Workers)
		if err != nil && !errors.Is(err, fault.GstUnavailable) {
			return err
		}
	}
	cpus := c.CPUs
	if cpus == 0 {
		cpus = float64(runtime.GOMAXPROCS(0)) // which heeds what a container may use
	}
	viewers, err := guard.New(guard.Rules{Hosts: c.Hub.Hosts}, nil)
	if err != nil {
		return located(err, "hub")
	}
	callers, err := guard.New(guard.Rules{Hosts: c.REST.Hosts, Elements: c.REST.Elements}, nil)
	if err != nil {
		return located(err, "rest")
	}
	s.engine, err = engine.New(engine.Options{ //nolint:contextcheck // and streams
		Log: s.log, Registry: s.opt.Registry, Store: s.graphs, Open: open, CPUs: cpus, Used: describe.CPU,
		Cache: int(c.Hub.Cache), Shards: c.Hub.Shards, Clock: s.clock, Addresses: viewers.Address,
		Reach: viewers.Reach, Callers: callers.Reach,
	})
	if err != nil {
		return err
	}
	s.gate = &Gate{engine: s.engine}
	return nil
}

// buildDoors makes the doors.
func (s *Server) buildDoors(c *config.Config) error {
	if err := errors.Join(
		s.web.Handle("GET /healthz", s.health.lives()),
		s.web.Handle("GET /readyz", s.health.ready()),
	); err != nil {
		return err
	}
	parts := &Parts{
		Config: *c, Options: &s.opt, Engine: s.gate, Graphs: s.graphs, Peers: s.peers, Auth: s.auth, Web: s.web, Certificates: s.certs,
		Lives: s.health.lives(), Ready: s.health.ready(), Log: s.log,
		Webs: map[string]*api.Web{"web": s.web}, Requests: metrics.NewRequests(), Reloads: s.reread.counts,
		Present: api.NewSessions(), Flash: rtmp.NewPages(),
	}
	doors := []api.Door{s.web}
	for _, maker := range s.opt.Doors {
		d, err := maker(parts)
		if err != nil {
			return err
		}
		if d == nil { // it is switched off
			continue
		}
		doors, parts.Doors = append(doors, d), append(parts.Doors, d)
		if a, ok := d.(*apart); ok {
			s.aparts = append(s.aparts, a)
		}
	}
	s.rooms = parts.Doors
	s.doors, s.guests = api.NewGroup(doors...), api.NewGroup(doors[1:]...)
	return nil
}

// peers are the settings of WebRTC.
func peers(c *config.Config, log *slog.Logger, clock element.Clock) webrtc.Settings {
	w := c.WebRTC
	ports, _ := config.ParsePorts(w.Ports)
	s := webrtc.Settings{
		UDP: w.UDP, TCP: w.TCP, Ports: ports, Lite: w.Lite, NAT1To1: w.NAT1To1, Hosts: w.Hosts, Interfaces: w.Interfaces,
		Loopback: w.Loopback, STUN: w.STUN, ICETimeout: w.ICETimeout, ConsentTimeout: w.ConsentTimeout, MediaTimeout: w.MediaTimeout,
		MaxPeers: w.MaxPeers, MaxConnecting: w.MaxConnecting, MaxConnectingOfOne: w.MaxConnectingOfOne,
		MaxPeersOfOne: w.MaxPeersOfOne,
		Log:           log.With("room", "webrtc"), Clock: clock,
	}
	for _, t := range w.TURN {
		s.TURN = append(s.TURN, webrtc.TURN{URL: t.URL, Username: t.Username, Credential: t.Credential})
	}
	return s
}

// certificates are those of the configuration; nil if there are none.
func certificates(c *config.Config, log *slog.Logger, clock element.Clock) (*api.Certificates, error) {
	if c.Web.Cert == "" && !c.Web.SelfSigned || len(c.Web.TLSListen) == 0 {
		return nil, nil //nolint:nilnil // no TLS is no error
	}
	return api.NewCertificates(api.CertificateOptions{
		CertFile: c.Web.Cert, KeyFile: c.Web.Key, CertKey: "web.cert", KeyKey: "web.key", SelfSigned: c.Web.SelfSigned,
		Hosts: append(c.WebRTC.NAT1To1, c.WebRTC.Hosts...), Clock: clock, Log: log,
	})
}

// unbound says which port it is that WebRTC cannot have, and the key of the configuration for it.
func unbound(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Addr != nil && op.Op == "listen" {
		network := op.Net[:min(len(op.Net), len("udp"))] // "tcp6" is of the same key
		return api.Unbound("webrtc."+network, network, op.Addr.String(), err)
	}
	return err
}

// located gives a fault without one a place.
func located(err error, key string) error {
	f, ok := errors.AsType[*fault.Fault](err)
	if !ok {
		return err
	}
	moved := *f
	moved.Place = key + " (" + f.Place + ")"
	return &moved
}

// system is the machine's clock.
type system struct{}

func (system) Now() time.Time                         { return time.Now() }
func (system) After(d time.Duration) <-chan time.Time { return time.After(d) }

// Check tells what is wrong with a configuration that only shows when its files are read. It opens nothing.
func Check(c *config.Config) error {
	if c.Web.Cert == "" || c.Web.SelfSigned {
		return nil
	}
	_, err := certificates(c, slog.New(slog.DiscardHandler), system{})
	return err
}
