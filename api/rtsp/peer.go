package rtsp

import (
	"context"
	"sync"
	"sync/atomic"

	"sluice/api/rtsp/intake"
	"sluice/api/rtsp/sdp"
	"sluice/api/rtsp/send"
	"sluice/api/visitor"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// Peer is a client as the elements of a graph have it: what the door and they share of one session. Safe for concurrent use.
type Peer struct {
	*visitor.Life
	publishes bool

	// Of one that publishes.
	lines       []sdp.Line
	intake      *intake.Intake
	publication atomic.Pointer[hub.Publication]
	key         func(track int) // asks for a key frame

	// Of one that plays.
	sender *send.Sender

	mu     sync.Mutex
	reader *hub.Reader
	tracks []media.Track
}

func newPublisher(lines []sdp.Line, key func(int)) *Peer {
	return &Peer{Life: visitor.Begin(), publishes: true, lines: lines, intake: intake.New(lines), key: key}
}

func newPlayer() *Peer {
	return &Peer{Life: visitor.Begin(), sender: send.New(sdp.Same)}
}

// session finds the peer that the event brought.
func session(env element.Env, conf element.Conf, publishes bool) (*Peer, error) {
	p, err := visitor.Find[*Peer](env, conf, "none of RTSP")
	switch {
	case err != nil:
		return nil, err
	case publishes && !p.publishes:
		return nil, fault.New(fault.InvalidRequest, "", "the session plays, and rtsp.in takes one that publishes")
	case !publishes && p.publishes:
		return nil, fault.New(fault.InvalidRequest, "", "the session publishes, and rtsp.out takes one that plays")
	}
	return p, p.Claim(env.Over)
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
