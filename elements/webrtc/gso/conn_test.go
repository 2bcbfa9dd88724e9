package gso

import (
	"bytes"
	"net"
	"testing"
	"time"
)

// receive reads so many datagrams.
func receive(t *testing.T, u *net.UDPConn, n int) [][]byte {
	t.Helper()
	_ = u.SetReadDeadline(time.Now().Add(10 * time.Second)) // loopback loses nothing: this is for a failing test only
	var all [][]byte
	p := make([]byte, 4096)
	for range n {
		k, err := u.Read(p)
		if err != nil {
			t.Fatalf("after %d datagrams: %v", len(all), err)
		}
		all = append(all, bytes.Clone(p[:k]))
	}
	return all
}

func TestOnSockets(t *testing.T) {
	cases := []struct{ name, network, ip, peerNetwork, peerIP string }{
		{"IPv4", "udp4", "127.0.0.1", "udp4", "127.0.0.1"},
		{"IPv4 wildcard", "udp4", "0.0.0.0", "udp4", "127.0.0.1"},
		{"IPv6", "udp6", "::1", "udp6", "::1"},
		{"both, to IPv4", "udp", "::", "udp4", "127.0.0.1"},
		{"both, to IPv6", "udp", "::", "udp6", "::1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			conn := New(bound(t, c.network, c.ip))
			far := bound(t, c.peerNetwork, c.peerIP)
			line := lineTo(conn, addrOf(far))
			line.Cork()
			want := numbered(1000, 1000, 1000, 999)
			write(t, conn, addrOf(far), want)
			if err := line.Uncork(); err != nil {
				t.Fatal(err)
			}
			write(t, conn, addrOf(far), numbered(33))
			same(t, receive(t, far, 5), append(want, numbered(33)...))
			if sends, _ := conn.Collected(); conn.Segments() && sends != 1 {
				t.Errorf("%d calls", sends)
			}
		})
	}
}

func TestPacketConn(t *testing.T) {
	var conn net.PacketConn = New(bound(t, "udp4", "127.0.0.1"))
	far := bound(t, "udp4", "127.0.0.1")
	if _, err := conn.WriteTo([]byte("there"), far.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	same(t, receive(t, far, 1), [][]byte{[]byte("there")})
	if _, err := far.WriteTo([]byte("back"), conn.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	p := make([]byte, 100)
	n, from, err := conn.ReadFrom(p)
	if err != nil || string(p[:n]) != "back" || from.String() != far.LocalAddr().String() {
		t.Errorf("%q from %v, %v", p[:n], from, err)
	}
	if _, err := conn.WriteTo(p, &net.TCPAddr{}); err == nil {
		t.Error("an address of another network is accepted")
	}
	if _, err := conn.WriteTo(p, &net.UDPAddr{IP: net.IPv6loopback, Port: 9}); err == nil {
		t.Error("an address of another family is accepted")
	}
	_ = conn.SetDeadline(time.Unix(1, 0))
	if _, _, err := conn.ReadFrom(p); err == nil {
		t.Error("the deadline does not hold")
	}
	_, _ = conn.SetReadDeadline(time.Time{}), conn.SetWriteDeadline(time.Time{})
}

func TestClosed(t *testing.T) {
	conn := New(bound(t, "udp4", "127.0.0.1"))
	line := lineTo(conn, peer(9))
	line.Cork()
	write(t, conn, peer(9), numbered(100, 100))
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	if err := line.Uncork(); err == nil {
		t.Error("a closed socket sends")
	}
	if _, err := conn.WriteToAddrPort([]byte{1}, peer(9)); err == nil {
		t.Error("a closed socket sends")
	}
	if _, _, err := conn.ReadFromAddrPort(make([]byte, 10)); err == nil {
		t.Error("a closed socket reads")
	}
}

func TestSlotsAreSpread(t *testing.T) {
	used := map[uint8]int{}
	for port := range uint16(1000) {
		used[slot(peer(40000+port))]++
	}
	for s, n := range used {
		if n > 20 {
			t.Errorf("slot %d has %d of 1000 ports", s, n)
		}
	}
	if len(used) < 230 {
		t.Errorf("1000 ports share %d slots", len(used))
	}
}
