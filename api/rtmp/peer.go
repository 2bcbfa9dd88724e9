package rtmp

import (
	"context"
	"sync"

	"sluice/api/rtmp/session"
	"sluice/api/visitor"
	"sluice/engine/element"
	"sluice/engine/fault"
)

// Peer is a client that publishes or plays one stream. The door makes it and watches it; an element (rtmp.in, rtmp.out) moves
// its media. Safe for concurrent use.
type Peer struct {
	*visitor.Life
	publishes bool
	user      string     // of the door, which alone uses it
	in        *publisher // one of them is nil
	out       *player

	before *intake // of what its client published until a moment ago; nil: nothing

	mu     sync.Mutex
	open   bool            // its element is ready
	stream *session.Stream // nil while the client of a page is not there
}

func newPeer(s *session.Stream, p *press) *Peer {
	peer := newPeerOf(s.Publish, p)
	peer.stream = s
	if !s.Publish {
		peer.out.want = s.Takes()
	}
	return peer
}

// newPeerOf makes a peer whose client comes later.
func newPeerOf(publishes bool, p *press) *Peer {
	peer := &Peer{Life: visitor.Begin(), publishes: publishes}
	if publishes {
		peer.in = newPublisher(peer)
	} else {
		peer.out = newPlayer(peer, p)
	}
	return peer
}

// begin says that the element is ready: from here on the client may send.
func (p *Peer) begin() {
	p.mu.Lock()
	p.open = true
	s := p.stream
	p.mu.Unlock()
	if s != nil {
		p.connect(s)
	}
}

// connect ties the element of a publisher to its client.
func (p *Peer) connect(s *session.Stream) {
	if p.before != nil {
		p.in.follow(p.before)
	}
	s.Input(p.in.take)
	s.Accept()
}

// client is the client that is there; nil if none is.
func (p *Peer) client() *session.Stream {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stream
}

// peer is the peer, also of a page that has it.
func (p *Peer) peer() *Peer { return p }

// find finds the peer that the event brought.
func find(env element.Env, conf element.Conf, publish bool) (*Peer, error) {
	one, err := visitor.Find[interface{ peer() *Peer }](env, conf, "no client of RTMP")
	if err != nil {
		return nil, err
	}
	p := one.peer()
	if p.publishes != publish {
		return nil, fault.New(fault.InvalidRequest, "", "the session is for the other of rtmp.in and rtmp.out")
	}
	return p, p.Claim(env.Over)
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
