package rtmp

import (
	"context"
	"sync"

	"sluice/api/rtmp/session"
	"sluice/engine/element"
	"sluice/engine/fault"
)

// Peer is a client that publishes or plays one stream. The door makes it and watches it; an element (rtmp.in, rtmp.out) moves
// its media. Safe for concurrent use.
type Peer struct {
	stream *session.Stream
	in     *publisher // one of them is nil
	out    *player

	done chan struct{}
	once sync.Once
	err  error // why it ended; to be read when done is closed

	mu      sync.Mutex
	claimed bool
	over    func(error)
}

func newPeer(s *session.Stream, p *press) *Peer {
	peer := &Peer{stream: s, done: make(chan struct{}), over: func(error) {}}
	if s.Publish {
		peer.in = newPublisher(peer)
	} else {
		peer.out = newPlayer(peer, p)
	}
	return peer
}

// claim ties the peer to an element. A peer has one.
func (p *Peer) claim(over func(error)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.claimed {
		return fault.New(fault.InvalidRequest, "", "another element has this session").Advise("give each its own session")
	}
	p.claimed, p.over = true, over
	return nil
}

// finish ends the peer; nil if there was nothing wrong. Only the first call counts.
func (p *Peer) finish(reason error) {
	p.once.Do(func() {
		p.err = reason
		close(p.done)
		p.mu.Lock()
		over := p.over
		p.mu.Unlock()
		over(reason)
	})
}

// find finds the peer that the event brought.
func find(env element.Env, conf element.Conf, publish bool) (*Peer, error) {
	name := conf.Text("session")
	s, ok := env.Sessions.Session(name)
	if !ok {
		return nil, fault.New(fault.InvalidRequest, "", "the event brought no session %q", name)
	}
	p, ok := s.(*Peer)
	if !ok {
		return nil, fault.New(fault.InvalidRequest, "", "the session %q is no client of RTMP", name)
	}
	if p.stream.Publish != publish {
		return nil, fault.New(fault.InvalidRequest, "", "the session is for the other of rtmp.in and rtmp.out")
	}
	return p, p.claim(env.Over)
}

// New implements element.Factory.
func (In) New(_ context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	p, err := find(env, conf, true)
	if err != nil {
		return nil, err
	}
	p.in.env = env
	return p.in, nil
}

// New implements element.Factory.
func (Out) New(_ context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	p, err := find(env, conf, false)
	if err != nil {
		return nil, err
	}
	return p.out, nil
}
