package whip

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"sluice/api/auth"
	"sluice/api/visitor"
	"sluice/elements/webrtc"
	"sluice/engine"
	"sluice/engine/fault"
)

// stage is a fake of all that a door needs, and what it was asked for.
type stage struct {
	peerErr, raiseErr, answerErr, restartErr error
	hang                                     bool // Raise waits until its context is done
	answerHangs                              bool

	mu     sync.Mutex
	peers  []*actor
	events []engine.Event
	offers []webrtc.Offer
	ran    []*play
	began  chan struct{} // one for each Raise, if it is made
}

func (s *stage) Publisher(_ context.Context, o webrtc.Offer) (Peer, error) { return s.peer(o, true) }
func (s *stage) Player(_ context.Context, o webrtc.Offer) (Peer, error)    { return s.peer(o, false) }

func (s *stage) peer(o webrtc.Offer, publisher bool) (Peer, error) {
	if s.peerErr != nil {
		return nil, s.peerErr
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &actor{stage: s, publisher: publisher, live: make(chan struct{}), done: make(chan struct{})}
	s.peers = append(s.peers, p)
	s.offers = append(s.offers, o)
	return p, nil
}

func (s *stage) Raise(ctx context.Context, ev engine.Event) (visitor.Instance, error) {
	if s.began != nil {
		s.began <- struct{}{}
	}
	if s.hang {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if s.raiseErr != nil {
		return nil, s.raiseErr
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, ev)
	p := &play{peer: ev.Sessions["browser"].(*actor)}
	s.ran = append(s.ran, p)
	return p, nil
}

// last is the peer that was made last.
func (s *stage) last() *actor {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.peers[len(s.peers)-1]
}

// actor is a fake peer.
type actor struct {
	stage      *stage
	publisher  bool
	live, done chan struct{}
	stop       sync.Once
	err        error

	mu        sync.Mutex
	fragments []string
	restarts  int
}

func (a *actor) ID() string            { return "peer-1" }
func (a *actor) Live() <-chan struct{} { return a.live }
func (a *actor) Done() <-chan struct{} { return a.done }
func (a *actor) Transport() string     { return "UDP" }
func (a *actor) Counts() webrtc.Counts { return webrtc.Counts{Bytes: 7} }

func (a *actor) Err() error {
	select {
	case <-a.done:
		return a.err
	default:
		return nil
	}
}

func (a *actor) Stop(reason error) { a.stop.Do(func() { a.err = reason; close(a.done) }) }

func (a *actor) Answer(ctx context.Context) (string, error) {
	if a.stage.answerHangs {
		<-ctx.Done()
		return "", ctx.Err()
	}
	return "v=0\r\n", a.stage.answerErr
}

func (a *actor) Candidate(f string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if strings.Contains(f, "refuse") {
		return fault.New(fault.InvalidRequest, "", "no")
	}
	a.fragments = append(a.fragments, f)
	return nil
}

func (a *actor) Restart(context.Context, string) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.restarts++
	return "a=ice-ufrag:new1\r\n", a.stage.restartErr
}

// play is a fake instance.
type play struct {
	peer  *actor
	mu    sync.Mutex
	stops int
}

func (p *play) ID() string { return "play" }

func (p *play) Stop(context.Context) error {
	p.mu.Lock()
	p.stops++
	p.mu.Unlock()
	p.peer.Stop(nil)
	return nil
}

// guard is a fake of package auth: the token "good" may everything, "known" nothing.
type guard struct{}

func (guard) Authorise(_ context.Context, q auth.Request) (string, error) {
	switch q.Token {
	case "good":
		return "ann:" + string(q.Action) + ":" + q.Stream + ":" + q.Protocol, nil
	case "known":
		return "", fault.New(fault.Forbidden, "", "you may not")
	default:
		return "", fault.New(fault.Unauthorized, "", "who are you")
	}
}

// open serves a door.
func open(t *testing.T, o Options) (*Door, *client) {
	t.Helper()
	d, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(d.Handler())
	c := &client{t: t, http: server.Client(), base: server.URL}
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := d.Close(ctx); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return d, c
}

type client struct {
	t    *testing.T
	http *http.Client
	base string
}

// reply is an answer that was read.
type reply struct {
	*http.Response
	text string
}

// do sends a request; headers are "Name: value".
func (c *client) do(method, path, body string, headers ...string) reply {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	res, err := c.http.Do(r)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return reply{res, string(text)}
}

// offer posts an offer that is good for either way.
func (c *client) offer(path string, headers ...string) reply {
	c.t.Helper()
	return c.do(http.MethodPost, path, sdp("audio sendrecv", "video sendrecv"), append(headers, "Content-Type: application/sdp")...)
}

// problem reads the body of an error, and checks that it is one.
func (r reply) problem(t *testing.T) problem {
	t.Helper()
	var p problem
	if got := r.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("the error is %q: %s", got, r.text)
	}
	if err := json.Unmarshal([]byte(r.text), &p); err != nil || p.Status != r.StatusCode || p.Title == "" || p.Code == "" {
		t.Errorf("the problem is %s (%v)", r.text, err)
	}
	return p
}
