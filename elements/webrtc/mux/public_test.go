package mux

import (
	"net"
	"net/netip"
	"testing"

	"github.com/pion/stun/v4"
)

// oracle is a STUN server that says that everybody is at one address; after having missed a few questions.
func oracle(t testing.TB, missed int, says netip.AddrPort) string {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			if missed--; missed >= 0 {
				continue
			}
			var m stun.Message
			if stun.Decode(buf[:n], &m) != nil {
				continue
			}
			mapped := &stun.XORMappedAddress{IP: says.Addr().AsSlice(), Port: int(says.Port())}
			answer, err := stun.Build(&m, stun.BindingSuccess, mapped)
			if err != nil {
				continue
			}
			conn.WriteTo(answer.Raw, from)
		}
	}()
	t.Cleanup(func() { conn.Close(); <-done })
	return conn.LocalAddr().String()
}

func TestPublic(t *testing.T) {
	says := netip.MustParseAddrPort("203.0.113.5:7777")
	m, err := Listen(t.Context(), Options{UDP: []string{"127.0.0.1:0"}, Loopback: true, STUN: []string{oracle(t, 1, says)}})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	got := m.UDP().Public(t.Context())
	if len(got) != 1 || got[m.udp.sockets[0].address()] != says {
		t.Errorf("%v", got)
	}
}

func TestPublicOfNobody(t *testing.T) {
	silent := oracle(t, 1000, netip.AddrPort{})
	m, err := Listen(t.Context(), Options{
		UDP: []string{"127.0.0.1:0"}, Loopback: true, STUN: []string{silent, "no.such.host.invalid:3478", "203.0.113.1:x"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if got := m.UDP().Public(t.Context()); len(got) != 0 {
		t.Errorf("%v", got)
	}
}
