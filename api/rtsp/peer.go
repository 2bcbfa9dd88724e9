package rtsp

import (
	"context"
	"sync"
	"sync/atomic"

	"sluice/api/rtsp/sdp"
	"sluice/api/rtsp/send"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// Peer is a client as the elements of a graph have it: what the door and they share of one session. Safe for concurrent use.
type Peer struct {
	publishes bool

	// Of one that publishes.
	lines       []sdp.Line
	align       *aligner
	sets        []*parameters
	publication atomic.Pointer[hub.Publication]
	key         func(track int) // asks for a key frame

	// Of one that plays.
	sender *send.Sender

	mu      sync.Mutex
	reader  *hub.Reader
	tracks  []media.Track
	over    func(error)
	claimed bool
	err     error
	done    chan struct{}
	once    sync.Once
}

func newPublisher(lines []sdp.Line, key func(int)) *Peer {
	return &Peer{publishes: true, lines: lines, align: align(lines), sets: parametersOf(lines), key: key, done: make(chan struct{})}
}

func newPlayer() *Peer {
	return &Peer{sender: send.New(sdp.Same), done: make(chan struct{})}
}

// Done is closed when the session is to end, or has.
func (p *Peer) Done() <-chan struct{} { return p.done }

// Err is why it ended; nil if it was done.
func (p *Peer) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Stop ends the session; nil says that it is done. It may be called again.
func (p *Peer) Stop(reason error) {
	p.once.Do(func() {
		p.mu.Lock()
		p.err = reason
		over := p.over
		p.mu.Unlock()
		close(p.done)
		if over != nil {
			over(reason)
		}
	})
}

// claim gives the peer to an element, which is told of its end.
func (p *Peer) claim(over func(error)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.claimed {
		return fault.New(fault.InvalidRequest, "", "the session is used by another node already")
	}
	p.claimed, p.over = true, over
	return nil
}

// session finds the peer that the event brought.
func session(env element.Env, conf element.Conf, publishes bool) (*Peer, error) {
	name := conf.Text("session")
	s, ok := env.Sessions.Session(name)
	if !ok {
		return nil, fault.New(fault.InvalidRequest, "", "the event brought no session %q", name)
	}
	p, ok := s.(*Peer)
	switch {
	case !ok:
		return nil, fault.New(fault.InvalidRequest, "", "the session %q is none of RTSP", name)
	case publishes && !p.publishes:
		return nil, fault.New(fault.InvalidRequest, "", "the session plays, and rtsp.in takes one that publishes")
	case !publishes && p.publishes:
		return nil, fault.New(fault.InvalidRequest, "", "the session publishes, and rtsp.out takes one that plays")
	}
	return p, p.claim(env.Over)
}

// New implements element.Factory.
func (In) New(_ context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	p, err := session(env, conf, true)
	if err != nil {
		return nil, err
	}
	return &source{p}, nil
}

// New implements element.Factory.
func (Out) New(_ context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	p, err := session(env, conf, false)
	if err != nil {
		return nil, err
	}
	return &sink{p}, nil
}
