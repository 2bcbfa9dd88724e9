// Package socket carries SIP messages over UDP, TCP and TLS (RFC 3261 18): sockets that others reach us at, and connections of either
// direction. It finds where messages begin and end, and does not read them.
//
// sipgo's transports find sockets by addresses of peers, so that answers left from the wrong one of two (E11) and requests took the
// connection of another peer (E8); they keep every peer's address for ever. Here a message comes with its Flow, by which it is answered.
package socket

import (
	"net/netip"
	"time"
)

// Flow is a way to a peer: a socket with the peer's address, or a connection. Safe for concurrent use.
type Flow interface {
	// Send sends one message, or a keep-alive. It does not wait for long.
	Send(data []byte) error
	// Reliable tells whether it is a connection.
	Reliable() bool
	// Network is the transport as Via names it: UDP, TCP or TLS.
	Network() string
	Remote() netip.AddrPort
}

// Taker takes a message that came. It owns data. It is called for one message of a socket or connection after the other, and must not wait.
type Taker func(f Flow, data []byte)

// Times are bounds in time of connections.
type Times struct {
	Message time.Duration // for a message that has begun
	Idle    time.Duration // for one that says nothing
	Write   time.Duration // for what is written
}

// plain is an address without the form of IPv4 within IPv6.
func plain(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }
