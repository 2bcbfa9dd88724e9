// Package whip lets clients in that speak WHIP (RFC 9725) or WHEP (draft-ietf-wish-whep): encoders that publish and players
// that play, over HTTP and WebRTC. It answers their requests, raises an event for each session, and ends what that began when
// the session ends. It also describes those events to graphs.
//
// It listens on nothing, since it shares the web server with other doors, and moves no media: that is webrtc.in and webrtc.out
// of package elements/webrtc, whose peers it makes.
package whip

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"sluice/api"
	"sluice/api/visitor"
	"sluice/engine/fault"
)

// Options are what a door is made with. Engine and Peers are needed.
type Options struct {
	Engine visitor.Engine
	Peers  Peers
	// Auth says who may publish and play; nil: everybody.
	Auth visitor.Authoriser
	// ICEServers are those that a client is told of; user is "" for anybody. Nil: none.
	ICEServers func(user string) []ICEServer
	// Origins are the origins ("https://example.org") of pages that may use the door; empty: all.
	Origins []string
	// Sessions is how many there may be at a time; 0: 10,000.
	Sessions int
	// Timeout is how long a client's offer may take to be answered; 0: 15 s.
	Timeout time.Duration
	// Present is told who publishes and plays; nil: nobody is.
	Present *api.Sessions
	// Next takes the requests that are not WHIP's or WHEP's; nil: they are not found.
	Next http.Handler
	Log  *slog.Logger // nil: nothing is logged
}

// Door is WHIP and WHEP on one web server. Safe for concurrent use.
type Door struct {
	opt      Options
	sessions table
	handler  http.Handler

	cut    func() context.Context // done when everybody is to be cut off
	end    context.CancelFunc     // does that
	closed chan struct{}          // Close is done
	once   sync.Once              // closes it
}

// New makes a door. It lets clients in as soon as its Handler is used.
func New(o Options) (*Door, error) {
	if o.Engine == nil || o.Peers == nil {
		return nil, fault.New(fault.Internal, "whip", "the door needs an engine and peers")
	}
	const sessions, timeout = 10_000, 15 * time.Second
	o.Sessions = cmp.Or(o.Sessions, sessions)
	o.Timeout = cmp.Or(o.Timeout, timeout)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	cut, end := context.WithCancel(context.Background())
	d := &Door{
		opt: o, sessions: table{limit: o.Sessions, byID: map[string]*session{}},
		cut: func() context.Context { return cut }, end: end, closed: make(chan struct{}),
	}
	e := echo.New()
	e.HTTPErrorHandler = d.fail
	e.Pre(d.share)
	e.Any("/*", d.serve)
	d.handler = e
	return d, nil
}

// Name is "whip".
func (d *Door) Name() string { return "whip" }

// Handler takes all requests: those of WHIP and WHEP itself, and Options.Next the others.
func (d *Door) Handler() http.Handler {
	if d.opt.Next == nil {
		return d.handler
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ours, _ := parseAddress(r.URL); !ours && sessionID(r.URL.Path) == "" {
			d.opt.Next.ServeHTTP(w, r)
			return
		}
		d.handler.ServeHTTP(w, r)
	})
}

// Listen has nothing to bind.
func (d *Door) Listen(context.Context) error { return nil }

// Serve returns when the door is closed. If ctx is done before that, everybody is cut off.
func (d *Door) Serve(ctx context.Context) error {
	select {
	case <-d.closed:
	case <-ctx.Done():
		d.sessions.close()
		d.end()
	}
	d.sessions.all.Wait()
	return nil
}

// Close lets nobody in any more, and waits until those who are inside have gone. When ctx is done their sessions are ended, for
// which there are ten seconds.
func (d *Door) Close(ctx context.Context) error {
	d.sessions.close()
	gone := make(chan struct{})
	go func() { defer close(gone); d.sessions.all.Wait() }()
	select {
	case <-gone:
	case <-ctx.Done():
		d.end()
		<-gone
	}
	d.once.Do(func() { close(d.closed) })
	d.end()
	return nil
}
