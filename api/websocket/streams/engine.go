package streams

import (
	"context"

	"sluice/api/auth"
	"sluice/elements/webrtc"
	"sluice/engine"
	"sluice/engine/event"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/run/instance"
)

// Engine starts the graph that answers an event, shows what is published, and tells what happens to it.
type Engine interface {
	Raise(ctx context.Context, ev engine.Event) (Instance, error)
	Streams() engine.Streams
	Bus() *event.Bus
}

// Instance is a graph that runs for one client.
type Instance interface {
	// ID is the name of its pipeline.
	ID() string
	// Stop ends it, its peer included, and returns when all of it is gone, or soon after ctx is done.
	Stop(ctx context.Context) error
	Done() <-chan struct{}
	Err() error
}

// Peers makes the peers of clients.
type Peers interface {
	Publisher(ctx context.Context, o webrtc.Offer) (Peer, error)
	Player(ctx context.Context, o webrtc.Offer) (Peer, error)
}

// Peer is what is needed of a webrtc.Peer, where the methods are described.
type Peer interface {
	Answer(ctx context.Context) (string, error)
	Live() <-chan struct{}
	Done() <-chan struct{}
	Err() error
	Stop(reason error)
	Publication() *hub.Publication
	Tracks() []media.Track
	Transport() string
	Counts() webrtc.Counts
}

// Arriving is a Peer whose client comes when it has its answer, so that the graph that takes what it publishes begins after that.
type Arriving interface {
	Peer
	Arrive(ctx context.Context) error
}

// Authoriser says who may publish and play, as auth.Static does.
type Authoriser interface {
	Authorise(ctx context.Context, q auth.Request) (user string, err error)
}

// Raiser is an engine.Engine, or what stands before one.
type Raiser interface {
	Raise(ctx context.Context, ev engine.Event) (*instance.Instance, error)
	Streams() engine.Streams
	Bus() *event.Bus
}

// UseEngine is the Engine that r is. Elements find the webrtc.Peer in Event.Sessions, so it goes with UsePeers.
func UseEngine(r Raiser) Engine { return raiser{r} }

type raiser struct{ Raiser }

// Raise implements Engine.
func (r raiser) Raise(ctx context.Context, ev engine.Event) (Instance, error) {
	i, err := r.Raiser.Raise(ctx, ev)
	if err != nil {
		return nil, err // and no Instance that holds a nil pointer
	}
	return instance.Visit{Instance: i}, nil // which may go on without its client
}

// UsePeers is the Peers that p is.
func UsePeers(p *webrtc.Peers) Peers { return maker{p} }

type maker struct{ *webrtc.Peers }

// Publisher implements Peers.
func (m maker) Publisher(ctx context.Context, o webrtc.Offer) (Peer, error) {
	return peer(m.Peers.Publisher(ctx, o))
}

// Player implements Peers.
func (m maker) Player(ctx context.Context, o webrtc.Offer) (Peer, error) {
	return peer(m.Peers.Player(ctx, o))
}

func peer(p *webrtc.Peer, err error) (Peer, error) {
	if err != nil {
		return nil, err
	}
	return p, nil
}
