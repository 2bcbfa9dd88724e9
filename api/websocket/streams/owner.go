package streams

import (
	"context"
	"sync"

	"sluice/api/auth"
	"sluice/api/websocket/allowance"
	"sluice/api/websocket/hook"
	"sluice/api/websocket/reason"
	"sluice/api/websocket/wire"
)

// Client is who publishes and plays.
type Client interface {
	// Send sends a message. It must not wait.
	Send(name string, args ...any)
	// SendEncoded sends a message that is encoded already. It must not wait, nor change it.
	SendEncoded(message []byte)
	// Changed tells that a publication has begun or ended. It must not wait.
	Changed(p Publication)
}

// Publication is something that a client publishes.
type Publication struct {
	Name   string
	Room   string // of the room API; "" if it belongs to none
	Status wire.Status
}

// Identity is who a client is, for statuses and graphs.
type Identity struct {
	Node    string
	App     string
	Session string
	Dated   bool         // see wire.Connection.Dated
	Proof   auth.Request // what it says to prove that it may do something
	Viewers Viewers      // makes the players of media that goes through its sockets; nil: there are none
	Hook    *hook.Client // its application; nil: nobody is asked
	// Flash makes the peers of media that goes through the client's Flash client; nil: there are none.
	Flash func(id, name, offer string, publish bool) (Peer, error)
}

// Viewers makes the peers of a client that plays without WebRTC, by a provider of the SDK's and the page's offer. A provider that
// is not known is fault.CodecNotAvailable.
type Viewers interface {
	Viewer(provider, offer string) (Peer, error)
}

// Owner holds the media sessions of one client. Its methods are called from one goroutine, but for Close and Wait.
type Owner struct {
	all    *Streams
	client Client
	id     Identity

	allowance allowance.Allowance // of the goroutine that calls
	work      sync.WaitGroup

	mu      sync.Mutex
	streams map[string]*stream
	waiting map[*context.CancelFunc]context.CancelFunc // for pictures
	closed  bool
}

// Owner makes the owner of a client's media sessions.
func (a *Streams) Owner(c Client, id Identity) *Owner {
	return &Owner{
		all: a, client: c, id: id, allowance: allowance.New(a.opt.Events, a.opt.Bytes), streams: map[string]*stream{},
		waiting: map[*context.CancelFunc]context.CancelFunc{},
	}
}

// Start begins to publish or to play what was asked for, and returns at once. Whatever becomes of it, the client hears the
// last status of it sooner or later.
func (o *Owner) Start(role reason.Role, req wire.Stream) {
	s := newStream(o, role, req)
	if why, ok := s.check(); !ok {
		s.refuse(why)
		return
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	s.cancel = cancel
	if why, ok := o.add(s); !ok {
		cancel(nil)
		s.refuse(why)
		return
	}
	go func() {
		defer o.work.Done()
		defer cancel(nil)
		s.run(ctx)
	}()
}

// add takes a stream in, which counts as work from then on, or says why not.
func (o *Owner) add(s *stream) (reason.Reason, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.closed:
		return reason.SessionDisconnect, false
	case len(o.streams) >= o.all.opt.PerClient:
		return reason.Proxy, false
	case !o.all.add(s):
		return reason.IDInUse, false
	}
	o.streams[s.id] = s
	o.work.Add(1) // with o.mu held, so that it comes before Close or not at all
	return "", true
}

func (o *Owner) remove(s *stream) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.streams, s.id)
	o.all.remove(s)
}

// find finds a stream of this owner; nil if there is none.
func (o *Owner) find(id wire.Text) *stream {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.streams[string(id)]
}

// Stop ends a stream that the client does not want any more. One that is not there, or no longer, ends all the same: the SDK
// waits for a last status.
func (o *Owner) Stop(role reason.Role, req wire.Stream) {
	if s := o.find(req.MediaSessionID); s != nil {
		s.tellStop()
		s.cancel(stopped(reason.User))
		return
	}
	newStream(o, role, req).refuse(reason.StreamNotFound)
}

// Close ends all streams for a reason, and the waiting for pictures, and lets no more begin. Wait waits for their ends.
func (o *Owner) Close(why reason.Reason) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	for _, cancel := range o.waiting {
		cancel()
	}
	for _, s := range o.streams {
		s.cancel(stopped(why))
	}
}

// Wait returns when nothing of the owner's streams runs any more, after Close.
func (o *Owner) Wait() { o.work.Wait() }

// Len is how many streams the owner has.
func (o *Owner) Len() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.streams)
}

// Remind has the client hear the statuses of all its streams again: it is back, by another socket.
func (o *Owner) Remind() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range o.streams {
		s.remind()
	}
}

// stopped is why a stream was ended from outside.
type stopped reason.Reason

// Error implements error.
func (s stopped) Error() string { return string(s) }
