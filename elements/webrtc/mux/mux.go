// Package mux shares few UDP and TCP ports among many peers. Which peer a datagram is for is told by the user fragment in
// its connectivity checks, and from then on by the address that it comes from. Checks go to the peer's ICE agent, everything
// else to its Inbox directly: an agent in between would copy it twice more and wake two more goroutines for it.
//
// The package understands of STUN what it needs to tell peers apart, and nothing of DTLS and RTP. Whether a check is genuine
// is judged by the agent.
package mux

import (
	"context"
	"errors"
	"net"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"
)

// Options say where to listen.
type Options struct {
	// UDP and TCP are addresses "host:port". An empty host is every address of this machine that Interfaces and Loopback
	// allow, port 0 any free port.
	UDP, TCP   []string
	Interfaces []string // names; empty: all
	STUN       []string // servers "host:port" that tell under which address a socket is seen from outside
	Loopback   bool
	Log        logging.LoggerFactory // of pion's TCP mux; nil: as pion has it
}

// Mux is a set of ports. Safe for concurrent use.
type Mux struct {
	udp       *UDP
	tcp       []ice.TCPMux
	listeners []net.Listener
}

// Listen opens the ports. An error is a *net.OpError, or says what is wrong with an address.
func Listen(ctx context.Context, o Options) (*Mux, error) {
	m := &Mux{udp: newUDP(o.STUN)}
	err := m.listenUDP(ctx, o)
	if err == nil {
		err = m.listenTCP(ctx, o)
	}
	if err != nil {
		return nil, errors.Join(err, m.Close())
	}
	m.udp.start(ctx)
	return m, nil
}

// Addresses are where the ports are.
func (m *Mux) Addresses() (udp, tcp []net.Addr) {
	for _, l := range m.listeners {
		tcp = append(tcp, l.Addr())
	}
	return m.udp.GetListenAddresses(), tcp
}

// UDP is what agents get their UDP candidates from; nil if there are none.
func (m *Mux) UDP() *UDP {
	if len(m.udp.sockets) == 0 {
		return nil
	}
	return m.udp
}

// TCP is what agents get their TCP candidates from; nil if there are none.
func (m *Mux) TCP() ice.TCPMux {
	switch len(m.tcp) {
	case 0:
		return nil
	case 1:
		return m.tcp[0]
	}
	return ice.NewMultiTCPMuxDefault(m.tcp...)
}

// Close closes the ports, and everything that uses them, and waits until no goroutine of theirs is left.
func (m *Mux) Close() error {
	err := m.udp.Close()
	for _, t := range m.tcp {
		err = errors.Join(err, t.Close())
	}
	return err
}
