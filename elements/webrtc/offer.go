package webrtc

import "net/netip"

// Offer is what a client asks for, and what its door knows beside the SDP.
type Offer struct {
	SDP string
	// Client is the address that the client signals from, for bounds on what one client may have; the zero Addr if it has none.
	Client netip.Addr
	// Transport is "udp" or "tcp" (in any case) if only candidates of that transport may be in the answer; "" for both.
	Transport string
	// Trickle says that candidates of the client may follow (RFC 8838), by Peer.Candidate.
	Trickle bool
	// MaxBitrate and MinBitrate are for what a publisher sends, in bits a second; 0 is unset. The most is written in the answer
	// (b=AS, b=TIAS) and caps the estimates that are sent (REMB).
	MaxBitrate, MinBitrate int
	// Orientation accepts the header extension urn:3gpp:video-orientation, if it is offered. Without it browsers turn the
	// pictures before they code them.
	Orientation bool
}
