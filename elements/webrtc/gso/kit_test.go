package gso

import (
	"bytes"
	"net"
	"net/netip"
	"sync"
	"testing"

	"github.com/pion/ice/v4"
	"go.uber.org/goleak"
)

var _ ice.AddrPortReaderWriter = (*Conn)(nil) // or pion would make a net.Addr for each packet

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is an outlet that remembers, and refuses segments with an error if there is one.
type fake struct {
	mu      sync.Mutex
	calls   int
	refuse  error
	got     map[netip.AddrPort][][]byte
	largest int // datagrams of one call
}

func (f *fake) send(p []byte, segment int, to netip.AddrPort) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	if segment > 0 && f.refuse != nil {
		return f.refuse
	}
	if segment == 0 {
		segment = max(len(p), 1)
	}
	if f.got == nil {
		f.got = map[netip.AddrPort][][]byte{}
	}
	n := 0
	for first := true; first || len(p) > 0; first = false {
		k := min(segment, len(p))
		f.got[to] = append(f.got[to], bytes.Clone(p[:k]))
		p, n = p[k:], n+1
	}
	f.largest = max(f.largest, n)
	return nil
}

// faked is a connection that sends into a fake.
func faked() (*Conn, *fake) {
	f := &fake{}
	return &Conn{out: f}, f
}

func peer(port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port)
}

func lineTo(c *Conn, to netip.AddrPort) *Line {
	var l Line
	l.Aim(c, to)
	return &l
}

// bound is a socket on the loopback.
func bound(t testing.TB, network, ip string) *net.UDPConn {
	t.Helper()
	u, err := net.ListenUDP(network, &net.UDPAddr{IP: net.ParseIP(ip)})
	if err != nil {
		t.Skip("no such socket here: ", err)
	}
	t.Cleanup(func() { u.Close() })
	return u
}

func addrOf(u *net.UDPConn) netip.AddrPort { return u.LocalAddr().(*net.UDPAddr).AddrPort() }

// numbered are datagrams of the given sizes, each with its place in its bytes.
func numbered(sizes ...int) [][]byte {
	all := make([][]byte, len(sizes))
	for i, n := range sizes {
		all[i] = bytes.Repeat([]byte{byte(i + 1)}, n)
	}
	return all
}

func write(t testing.TB, c *Conn, to netip.AddrPort, all [][]byte) {
	t.Helper()
	for _, p := range all {
		if n, err := c.WriteToAddrPort(p, to); err != nil || n != len(p) {
			t.Fatalf("writing %d bytes: %d, %v", len(p), n, err)
		}
	}
}

func same(t testing.TB, got, want [][]byte) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d datagrams came, not %d", len(got), len(want))
	}
	for i := range want {
		if !bytes.Equal(got[i], want[i]) {
			t.Fatalf("datagram %d has %d bytes of %x, not %d of %x", i, len(got[i]), got[i][:1], len(want[i]), want[i][:1])
		}
	}
}
