package whip

import (
	"context"

	"sluice/elements/webrtc"
)

// Peers makes the peers of clients.
type Peers interface {
	Publisher(ctx context.Context, o webrtc.Offer) (Peer, error)
	Player(ctx context.Context, o webrtc.Offer) (Peer, error)
}

// Peer is what the door needs of a webrtc.Peer, where the methods are described.
type Peer interface {
	ID() string
	Answer(ctx context.Context) (string, error)
	Live() <-chan struct{}
	Done() <-chan struct{}
	Err() error
	Stop(reason error)
	Candidate(fragment string) error
	Restart(ctx context.Context, fragment string) (string, error)
	Transport() string
	Counts() webrtc.Counts
}

// UsePeers makes Peers of p.
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
