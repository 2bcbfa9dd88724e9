package webrtc

import (
	"context"
	"net"

	"sluice/engine/fault"
)

// Peers makes peers, and holds what they share: sockets, the certificate. Safe for concurrent use.
type Peers struct{}

// New binds the sockets. An address that cannot be had is fault.Unreachable and names the setting to change; settings that
// make no sense are fault.InvalidParams.
func New(s Settings) (*Peers, error) {
	return &Peers{}, nil
}

// Addresses are those of the shared sockets.
func (p *Peers) Addresses() (udp, tcp []net.Addr) { return nil, nil }

// Close ends all peers, closes the sockets and waits until nothing of them runs any more, or returns ctx's error. Peers made
// afterwards are fault.Closed.
func (p *Peers) Close(ctx context.Context) error { return nil }

// Publisher makes the peer of a client that wants to send. Its element webrtc.in decides what of the offer is taken. An offer
// that cannot be understood is fault.InvalidRequest, one without anything we know fault.CodecNotAvailable.
//
// ctx bounds the making only. Who got a peer has it stopped in the end, unless it is Done.
func (p *Peers) Publisher(ctx context.Context, o Offer) (*Peer, error) {
	return nil, fault.New(fault.ElementUnavailable, "", "not built yet")
}

// Player makes the peer of a client that wants to receive, likewise for webrtc.out.
func (p *Peers) Player(ctx context.Context, o Offer) (*Peer, error) {
	return nil, fault.New(fault.ElementUnavailable, "", "not built yet")
}
