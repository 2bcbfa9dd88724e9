package webrtc

import (
	"log/slog"
	"time"

	"sluice/engine/element"
)

// Settings say how peers are reached. The zero Settings listen on the default port of all interfaces but the loopback.
type Settings struct {
	// UDP and TCP are the addresses "host:port" that all peers share; an empty host is every interface, port 0 any free one.
	// nil is DefaultListen; an empty list that is not nil turns the transport off.
	UDP, TCP []string
	// Ports is the first and the last port of those of which each peer gets one of its own, UDP and passive TCP, instead of
	// the shared ones. Zero: the shared ones.
	Ports [2]uint16
	// Lite answers connectivity checks and makes none (RFC 8445 2.5): for servers that everybody can reach.
	Lite bool
	// NAT1To1 are the public addresses behind which this machine is, told to peers instead of its own.
	NAT1To1 []string
	// Hosts are addresses or host names that peers are told beside the machine's own; they lead to the same ports.
	Hosts []string
	// Interfaces are the names of those to be reached at; empty: all.
	Interfaces []string
	// Loopback has peers be told of 127.0.0.1 and ::1, too: for tests and demonstrations on one machine.
	Loopback bool
	// STUN are servers "host:port" that are asked for the public address. TURN are relays to be reached through.
	STUN []string
	TURN []TURN
	// ICETimeout is how long a peer may take from the answer to a connection; 0: 30 s.
	ICETimeout time.Duration
	// ConsentTimeout is how long a connected peer may be unheard of (RFC 7675); 0: 15 s.
	ConsentTimeout time.Duration
	// MediaTimeout is how long a publisher may send no RTP at all; 0: 60 s.
	MediaTimeout time.Duration
	// MaxPeers bounds the peers there may be; 0: 20,000. Of those that are not connected yet there may be MaxConnecting in all,
	// 0: 2,000, and MaxConnectingOfOne from one client address, 0: 256.
	// MaxPeersOfOne bounds all that are of one address; 0: 2,000. An IPv6 client's address is its /64.
	MaxPeers, MaxConnecting, MaxConnectingOfOne, MaxPeersOfOne int
	// Log tells of peers; nil: nothing is told.
	Log *slog.Logger
	// Clock is what the media timeout is measured by; nil: the time there is.
	Clock element.Clock
}

// DefaultListen is where peers are awaited if nothing else is said, on UDP and TCP.
const DefaultListen = ":31000"

// TURN is a relay server, for machines that cannot be reached otherwise.
type TURN struct {
	URL        string // "turn:host:port?transport=udp", or tcp; turns: with TLS
	Username   string
	Credential string
}
