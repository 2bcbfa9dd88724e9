package enginetest

import (
	"net"
	"testing"
)

// FreeTCP finds a TCP port on the loopback that nobody listens on. Where it can be had, listening on port 0 is better:
// between the finding and the use somebody else may take the port.
func FreeTCP(t testing.TB) int {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("no free TCP port: %v", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// FreeUDP finds a UDP port on the loopback, like FreeTCP.
func FreeUDP(t testing.TB) int {
	t.Helper()
	c, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("no free UDP port: %v", err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).Port
}
