package gso

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// socketBuffer is asked for in both directions; the system grants what it allows. A key frame to a few hundred peers is
	// more than the usual 208 KiB.
	socketBuffer = 4 << 20
	// patience is how many segmented writes in a row may fail for a reason that lies with one peer until the socket is
	// thought to be the reason.
	patience = 64
)

// Conn is a UDP socket that can collect datagrams. It is a net.PacketConn and an ice.AddrPortReaderWriter, with which pion
// makes no net.Addr for each packet. Safe for concurrent use.
type Conn struct {
	udp *net.UDPConn
	out outlet

	whole    atomic.Bool  // segmentation does not work here
	failures atomic.Int32 // of segmented writes in a row

	slots [256]atomic.Pointer[batch] // what is being collected, by address

	mu   sync.Mutex
	free []*batch

	sends, datagrams atomic.Uint64
}

// outlet sends. With a segment size p is cut into datagrams of that size, of which the last may be shorter.
type outlet interface {
	send(p []byte, segment int, to netip.AddrPort) error
}

// New wraps a socket, which is the connection's from then on.
func New(udp *net.UDPConn) *Conn {
	_, _ = udp.SetReadBuffer(socketBuffer), udp.SetWriteBuffer(socketBuffer) // smaller ones work as well
	c := &Conn{udp: udp}
	var segments bool
	c.out, segments = newOutlet(udp)
	c.whole.Store(!segments)
	return c
}

// Segments tells whether frames are sent with one call. It may become false when the first of them is refused.
func (c *Conn) Segments() bool { return !c.whole.Load() }

// Collected counts the calls that sent collected datagrams, and the datagrams in them.
func (c *Conn) Collected() (sends, datagrams uint64) { return c.sends.Load(), c.datagrams.Load() }

// ReadFromAddrPort reads a datagram.
func (c *Conn) ReadFromAddrPort(p []byte) (int, netip.AddrPort, error) {
	return c.udp.ReadFromUDPAddrPort(p)
}

// WriteToAddrPort sends a datagram, or keeps it until Uncork if the way to its address is corked; errors are told by Uncork
// then.
func (c *Conn) WriteToAddrPort(p []byte, to netip.AddrPort) (int, error) {
	to = canonical(to)
	if b := c.slots[slot(to)].Load(); b != nil && b.add(p, to) {
		return len(p), nil
	}
	if err := c.out.send(p, 0, to); err != nil {
		return 0, err
	}
	return len(p), nil
}

// ReadFrom is ReadFromAddrPort with an allocation.
func (c *Conn) ReadFrom(p []byte) (int, net.Addr, error) { return c.udp.ReadFrom(p) }

// WriteTo is WriteToAddrPort.
func (c *Conn) WriteTo(p []byte, to net.Addr) (int, error) {
	if u, ok := to.(*net.UDPAddr); ok {
		return c.WriteToAddrPort(p, u.AddrPort())
	}
	return c.udp.WriteTo(p, to)
}

// LocalAddr is a *net.UDPAddr.
func (c *Conn) LocalAddr() net.Addr { return c.udp.LocalAddr() }

// Close closes the socket. What is collected is lost.
func (c *Conn) Close() error { return c.udp.Close() }

// SetDeadline is for reading and for writes that must wait for room in the socket's buffer, as with any net.PacketConn.
func (c *Conn) SetDeadline(t time.Time) error { return c.udp.SetDeadline(t) }

// SetReadDeadline bounds reading.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.udp.SetReadDeadline(t) }

// SetWriteDeadline bounds writes that must wait.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.udp.SetWriteDeadline(t) }

// canonical makes addresses of a dual-stack socket equal to those that other layers use.
func canonical(a netip.AddrPort) netip.AddrPort {
	if a.Addr().Is4In6() {
		return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
	}
	return a
}

// slot is where batches to an address are found.
func slot(a netip.AddrPort) uint8 {
	const prime = 16777619 // FNV
	h := uint32(2166136261)
	ip := a.Addr().As16()
	for _, b := range ip[8:] { // the half that differs between peers
		h = (h ^ uint32(b)) * prime
	}
	h = (h^uint32(a.Port()))*prime ^ h>>15
	return uint8(h ^ h>>8 ^ h>>16)
}
