package link

import (
	"net"
	"time"

	"github.com/pion/transport/v5/packetio"
)

// maxFlight is how many bytes of DTLS may wait to be read: a few flights.
const maxFlight = 64 << 10

// pipe is the net.PacketConn below DTLS.
type pipe struct {
	link *Link
	in   *packetio.Buffer
}

func newPipe(l *Link) *pipe {
	in := packetio.NewBuffer()
	in.SetLimitSize(maxFlight)
	return &pipe{l, in}
}

func (p *pipe) put(data []byte) { _, _ = p.in.Write(data, nil) } // DTLS repeats what does not fit

func (p *pipe) close() { _ = p.in.Close() }

// ReadFrom implements net.PacketConn.
func (p *pipe) ReadFrom(b []byte) (int, net.Addr, error) {
	n, _, err := p.in.Read(b, nil)
	return n, p.LocalAddr(), err
}

// WriteTo implements net.PacketConn. Where to is ICE's business.
func (p *pipe) WriteTo(b []byte, _ net.Addr) (int, error) { return p.link.write(b) }

// Close implements net.PacketConn.
func (p *pipe) Close() error { return p.in.Close() }

// LocalAddr implements net.PacketConn, with an address that means nothing.
func (p *pipe) LocalAddr() net.Addr { return &net.UDPAddr{} }

// SetDeadline implements net.PacketConn; writes never wait.
func (p *pipe) SetDeadline(t time.Time) error { return p.in.SetReadDeadline(t) }

// SetReadDeadline implements net.PacketConn.
func (p *pipe) SetReadDeadline(t time.Time) error { return p.in.SetReadDeadline(t) }

// SetWriteDeadline implements net.PacketConn.
func (p *pipe) SetWriteDeadline(time.Time) error { return nil }
