package websocket

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"github.com/google/uuid"

	"sluice/api/auth"
	"sluice/api/websocket/calls"
	"sluice/api/websocket/reason"
	"sluice/api/websocket/room"
	"sluice/api/websocket/socket"
	"sluice/api/websocket/streams"
	"sluice/api/websocket/wire"
	"sluice/engine/fault"
)

// goingAway is the status code (RFC 6455 7.4.1) with which sockets are closed when the server stops.
const goingAway = 1001

// Door is where clients with the Web SDK come in. Safe for concurrent use.
type Door struct {
	opt      Options
	node     string
	streams  *streams.Streams
	rooms    *room.Rooms
	calls    *calls.Calls // nil if there is no SIP
	upgrader *socket.Upgrader
	handlers map[string]handler
	veil     veil

	asking context.Context //nolint:containedctx // of who asks an application, until the server cuts everybody off
	hurry  context.CancelFunc

	work sync.WaitGroup // one for each visit
	gone chan struct{}  // closed when Close is done
	once sync.Once      // closes it

	mu       sync.Mutex
	closing  bool
	visits   map[*visit]struct{}
	sessions map[digest]*session // by authToken, also those whose client is away
	away     []*session          // the one that lost its client first is the first
}

// New makes a door. It lets clients in as soon as its Handler is used; Serve tells players what happens to what they play.
func New(o Options) (*Door, error) {
	if len(o.Metrics) > 0 && !json.Valid(o.Metrics) {
		return nil, fault.New(fault.InvalidParams, "websocket", "the description of metrics is not JSON")
	}
	o = o.withDefaults()
	all, err := streams.New(streams.Options{
		Engine: o.Engine, Peers: o.Peers, Auth: o.Auth, Log: o.Log, Present: o.Present,
		PerClient: o.Streams, Events: o.Events, Bytes: o.EventBytes, Start: o.StartTimeout, Stop: o.StopTimeout,
		InboundRate: o.InboundRate, OutboundRate: o.OutboundRate, Bandwidth: max(o.Bandwidth, 0), Metrics: len(o.Metrics) > 0,
		Record: o.Record, Snapshot: o.Snapshot, Reach: o.Reach,
	})
	if err != nil {
		return nil, err
	}
	probe, err := wire.Encode("ping")
	if err != nil {
		return nil, err
	}
	if o.Lines != nil && o.CallPeers == nil {
		return nil, fault.New(fault.Internal, "websocket", "calls need peers")
	}
	asking, hurry := context.WithCancel(context.Background())
	return &Door{
		opt: o, asking: asking, hurry: hurry,
		node:    cmp.Or(o.Node, uuid.NewString()),
		streams: all,
		rooms:   room.New(),
		calls:   o.calls(),
		upgrader: socket.NewUpgrader(socket.Options{
			Algorithm: o.KeepAlive, Every: o.Interval, Probes: o.Probes, Probe: probe,
			Message: o.MaxMessage, Greet: o.GreetTimeout, Rate: o.Rate, Burst: 2 * o.Rate,
			QueueBytes: o.MaxQueue, Write: o.WriteTimeout, Refuse: refusal,
		}),
		handlers: handlers(),
		veil:     newVeil(),
		gone:     make(chan struct{}),
		visits:   map[*visit]struct{}{},
		sessions: map[digest]*session{},
	}, nil
}

// Name is "websocket".
func (d *Door) Name() string { return "websocket" }

// Listen does nothing: requests come from a web server that this door shares with others.
func (d *Door) Listen(context.Context) error { return nil }

// Handler takes the requests for a WebSocket, on any path.
func (d *Door) Handler() http.Handler { return http.HandlerFunc(d.enter) }

// Serve does what clients are not asked for, until Close is called or ctx is done, which cuts everybody off. It returns when
// nothing that the door began is left.
func (d *Door) Serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var own sync.WaitGroup
	own.Go(func() { d.streams.Run(ctx) })
	own.Go(func() { d.sweep(ctx) })
	select {
	case <-ctx.Done():
		d.cut() //nolint:contextcheck // lines unregister in a time of their own, whoever ends them
	case <-d.gone:
	}
	cancel()
	own.Wait()
	d.work.Wait()
	if d.calls != nil {
		d.calls.Wait()
	}
	return nil
}

// Close lets nobody in any more, lets those who publish or play go on until ctx is done, and returns when all are gone.
func (d *Door) Close(ctx context.Context) error {
	ended := make(chan struct{})
	d.shut()
	go func() {
		d.work.Wait()
		close(ended)
	}()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for done := false; !done; {
		select {
		case <-ended:
			done = true
		case <-ctx.Done():
			done = true
		case <-ticker.C:
			d.dismiss()
		}
	}
	d.cut() //nolint:contextcheck // lines unregister in a time of their own, whoever ends them
	<-ended
	d.once.Do(func() { close(d.gone) })
	return nil
}

// enter takes a request.
func (d *Door) enter(w http.ResponseWriter, r *http.Request) {
	v := &visit{door: d, proof: auth.OfHTTP(r), parted: make(chan struct{})}
	if why := d.admit(v); why != "" {
		w.Header().Set("Retry-After", "5")
		http.Error(w, why, http.StatusServiceUnavailable)
		return
	}
	sock, err := d.upgrader.Upgrade(w, r)
	if err != nil {
		d.opt.Log.Debug("no websocket", "remote", r.RemoteAddr, "err", err)
		d.leave(v)
		return
	}
	v.sock = sock
	// The request is let go of: with its headers and buffers it is larger than an idle session.
	go func() { //nolint:contextcheck // lines unregister in a time of their own, whoever ends them
		defer d.leave(v)
		v.stay()
	}()
}

// admit counts a visit, or says why not.
func (d *Door) admit(v *visit) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closing:
		return "the server is stopping"
	case len(d.visits) >= d.opt.Sessions:
		return "too many sessions"
	}
	d.visits[v] = struct{}{}
	d.work.Add(1)
	return ""
}

func (d *Door) leave(v *visit) {
	d.mu.Lock()
	delete(d.visits, v)
	d.mu.Unlock()
	d.work.Done()
}

// shut lets nobody in any more.
func (d *Door) shut() {
	d.mu.Lock()
	d.closing = true
	d.mu.Unlock()
	d.dismiss()
}

// dismiss sends away who neither publishes nor plays.
func (d *Door) dismiss() {
	for _, v := range d.present() {
		if v.idle() {
			v.sock.Close(goingAway)
		}
	}
}

// cut ends everybody's streams and sends everybody away.
func (d *Door) cut() {
	d.shut()
	d.hurry()
	present := d.present()
	for _, v := range present {
		v.end()
	}
	for _, v := range present {
		v.cut()
	}
	for _, s := range d.takeAway(func(*session) bool { return true }) {
		s.finish(reason.SessionDisconnect)
		s.gone()
	}
}

// present lists the visits whose sockets are open.
func (d *Door) present() []*visit {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := make([]*visit, 0, len(d.visits))
	for v := range d.visits {
		if v.running {
			list = append(list, v)
		}
	}
	return list
}

// Len is how many clients are in.
func (d *Door) Len() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.visits)
}

// Metrics is what a client measured last of one of its streams, by "type.id.metric"; false if there is no such stream.
func (d *Door) Metrics(mediaSessionID string) (map[string]string, bool) {
	return d.streams.Metrics(mediaSessionID)
}

// contain ends a visit whose handling panicked, so that nobody else is affected. It is deferred.
func (d *Door) contain() {
	if what := recover(); what != nil {
		d.opt.Log.Error("a session panicked", "err", what, "stack", string(debug.Stack()))
	}
}
