package client

import (
	"net"
	"net/netip"
	"testing"

	"sluice/engine/fault"
)

// TestDatagramsAskOnce: whether packets may go somewhere is asked when that changes, and what may not go out is not sent.
func TestDatagramsAskOnce(t *testing.T) {
	there, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer there.Close()
	asked := map[netip.AddrPort]int{}
	bad := netip.MustParseAddrPort("127.0.0.2:9")
	conn, err := call{reach: func(to netip.AddrPort) error {
		asked[to]++
		if to == bad {
			return fault.New(fault.Forbidden, "", "not there")
		}
		return nil
	}}.listen("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for range 3 {
		for _, to := range []net.Addr{there.LocalAddr(), net.UDPAddrFromAddrPort(bad), &net.IPAddr{}} {
			if n, err := conn.WriteTo([]byte("x"), to); n != 1 || err != nil {
				t.Errorf("%s: %d %v", to, n, err)
			}
		}
	}
	buf := make([]byte, 8)
	for range 3 {
		if n, err := there.Read(buf); n != 1 || err != nil {
			t.Errorf("%d %v", n, err)
		}
	}
	at := there.LocalAddr().(*net.UDPAddr).AddrPort()
	if asked[at] != 1 || asked[bad] != 3 {
		t.Errorf("asked %v", asked)
	}
}
