package stack

import (
	"crypto/tls"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"sluice/api/sip/stack/resolve"
	"sluice/api/sip/stack/transaction"
	"sluice/engine/fault"
)

// Network is a transport of SIP.
type Network string

// The transports.
const (
	UDP Network = "udp"
	TCP Network = "tcp"
	TLS Network = "tls"
)

// Timers are the times of RFC 3261 17; those that are 0 are RFC 3261's.
type Timers = transaction.Timers

// Limits bound what others can have us keep. Those that are 0 have the values named.
type Limits struct {
	// Open are how many requests may wait for their final answer, of all (5000); OpenEach how many of them of one address (500).
	Open, OpenEach int
	// Kept are how many requests are kept at all, for half a minute each over UDP (32768); KeptEach how many of them of one address (16384).
	Kept, KeptEach int
	// Bytes are how long all that are kept may be together (128 MiB), BytesEach those of one address (16 MiB).
	Bytes, BytesEach int
	// Connections are how many others may have made to one port (1024); ConnectionsEach how many of them from one address (128).
	Connections, ConnectionsEach int
	// Idle is after how long a connection that says nothing is closed (1 h).
	Idle time.Duration
}

func (l Limits) defaulted() Limits {
	for _, d := range []struct {
		value *int
		usual int
	}{{&l.Open, 5000}, {&l.OpenEach, 500}, {&l.Kept, 32768}, {&l.KeptEach, 16384},
		{&l.Bytes, 128 << 20}, {&l.BytesEach, 16 << 20}, {&l.Connections, 1024}, {&l.ConnectionsEach, 128}} {
		if *d.value == 0 {
			*d.value = d.usual
		}
	}
	if l.Idle == 0 {
		l.Idle = time.Hour
	}
	return l
}

// Options set up a Stack. Log is required.
type Options struct {
	Log *slog.Logger
	// Bind is where the sockets of Open are bound; without, at every address of IPv4.
	Bind netip.Addr
	// Advertise is what Via and Contact name; without, it is where a socket is bound, or the address that leads to the Internet.
	Advertise netip.Addr
	// First to Last are the ports of Open; without, the system chooses.
	First, Last uint16
	// ServerTLS is for those who connect; without, there is no listening over TLS. ClientTLS is for connections that we make; without, the
	// system's certificate authorities are trusted.
	ServerTLS, ClientTLS *tls.Config
	Timers               Timers
	Limits               Limits
	// Resolver is asked for names; without, the system's.
	Resolver resolve.Lookup
	// Reach says why nothing may be sent to an address, as a fault; without, everything may. Answers go where their requests came from.
	Reach func(netip.AddrPort) error
	// Supported are the extensions that a request may require (100rel, timer, replaces …; RFC 3261 8.2.2.3). Without, they are those of
	// package dialog.
	Supported []string
}

func (o Options) defaulted() (Options, error) {
	if o.Log == nil {
		return o, fault.New(fault.Internal, "sip", "the stack has no log")
	}
	if o.First > o.Last {
		return o, fault.New(fault.InvalidParams, "sip", "the range of ports %d to %d is empty", o.First, o.Last)
	}
	o.Timers, o.Limits = o.Timers.Defaulted(), o.Limits.defaulted()
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	if o.Reach == nil {
		o.Reach = func(netip.AddrPort) error { return nil }
	}
	if o.Supported == nil {
		o.Supported = []string{"100rel", "timer", "replaces", "norefersub", "from-change", "path", "outbound", "gruu", "tdialog"}
	}
	return o, nil
}
