package socket

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"

	"sluice/engine/fault"
)

// largest is the longest datagram there can be.
const largest = 65535

// UDP is a UDP socket. Safe for concurrent use.
type UDP struct {
	conn *net.UDPConn
	log  *slog.Logger
	take Taker
	done sync.WaitGroup
}

// ListenUDP opens a socket. What comes is taken from Serve on.
func ListenUDP(ctx context.Context, at netip.AddrPort, take Taker, log *slog.Logger) (*UDP, error) {
	c, err := (&net.ListenConfig{}).ListenPacket(ctx, network("udp", at.Addr()), at.String())
	if err != nil {
		return nil, err
	}
	return &UDP{conn: c.(*net.UDPConn), log: log, take: take}, nil
}

// network is the name that net has for a kind of address. One that is not given takes IPv4, with which Vias and Contacts are made.
func network(kind string, a netip.Addr) string {
	if a.Unmap().Is4() || !a.IsValid() {
		return kind + "4"
	}
	return kind
}

// Addr is where it is bound.
func (u *UDP) Addr() netip.AddrPort {
	return plain(u.conn.LocalAddr().(*net.UDPAddr).AddrPort())
}

// Serve begins to take what comes, until Close.
func (u *UDP) Serve() { u.done.Go(u.read) }

func (u *UDP) read() {
	buf := make([]byte, largest)
	for {
		n, from, err := u.conn.ReadFromUDPAddrPort(buf)
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
			u.log.Debug("a UDP socket reported an error", "err", err) // of a datagram before, by ICMP
			continue
		case n <= 4: // keep-alives: CRLF CRLF, NUL, "jaK"
			continue
		}
		data := make([]byte, n)
		copy(data, buf)
		u.take(datagrams{u, plain(from)}, data)
	}
}

// Flow is the way to a peer.
func (u *UDP) Flow(to netip.AddrPort) Flow { return datagrams{u, plain(to)} }

// Close ends it, and returns when nothing more is taken.
func (u *UDP) Close() {
	_ = u.conn.Close()
	u.done.Wait()
}

// datagrams are a peer at a socket.
type datagrams struct {
	u  *UDP
	to netip.AddrPort
}

func (d datagrams) Send(data []byte) error {
	if len(data) > largest-28 { // headers of IPv4 and UDP
		return fault.New(fault.InvalidRequest, "", "a message of %d octets does not fit a datagram", len(data))
	}
	_, err := d.u.conn.WriteToUDPAddrPort(data, d.to)
	return err
}

func (d datagrams) Reliable() bool         { return false }
func (d datagrams) Network() string        { return "UDP" }
func (d datagrams) Remote() netip.AddrPort { return d.to }
