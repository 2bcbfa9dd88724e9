package link

import (
	"net"
	"testing"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
)

// BenchmarkWriteRTP compares sending a packet of 1200 bytes with its floor: the same encryption, and the same system call.
func BenchmarkWriteRTP(b *testing.B) {
	l, _, f := joined(b, nil)
	go func() {
		for range f.received {
			continue
		}
	}()
	payload := make([]byte, 1200)
	h := rtp.Header{Version: 2, PayloadType: 96, SSRC: 8}
	b.Run("link", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			h.SequenceNumber++
			if _, err := l.WriteRTP(&h, payload); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("floor", func(b *testing.B) {
		c, err := srtp.CreateContext(make([]byte, 16), make([]byte, 12), srtp.ProtectionProfileAeadAes128Gcm)
		if err != nil {
			b.Fatal(err)
		}
		socket, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			b.Fatal(err)
		}
		defer socket.Close()
		to := socket.LocalAddr().(*net.UDPAddr).AddrPort()
		var header rtp.Header
		plain := make([]byte, 1212, 1500)
		p := rtp.Packet{Header: h, Payload: payload}
		b.ReportAllocs()
		for b.Loop() {
			p.SequenceNumber++
			if _, err := p.MarshalTo(plain); err != nil {
				b.Fatal(err)
			}
			sealed, err := c.EncryptRTP(plain, plain[:1212], &header)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := socket.WriteToUDPAddrPort(sealed, to); err != nil {
				b.Fatal(err)
			}
		}
	})
}
