package enginetest

import (
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
)

// Ports that are found for somebody else are from below those that systems hand out by themselves (from 32768 on in Linux, ip(7)), or one
// of the many sockets of a busy machine would now and then be there first.
const firstPort, lastPort = 20000, 32000

// FreeTCP finds a TCP port on the loopback that nobody has. Where it can be had, listening on port 0 is better: between the finding and
// the use somebody else who chooses a port may choose this one.
func FreeTCP(t testing.TB) int {
	t.Helper()
	return freePort(t)
}

// FreeUDP finds a UDP port on the loopback, like FreeTCP.
func FreeUDP(t testing.TB) int {
	t.Helper()
	return freePort(t)
}

// FreeAddress finds an address on the loopback, such as "127.0.0.1:20001", that nobody has, neither over TCP nor over UDP.
func FreeAddress(t testing.TB) string {
	t.Helper()
	return "127.0.0.1:" + strconv.Itoa(freePort(t))
}

func freePort(t testing.TB) int {
	t.Helper()
	var last error
	for range 100 {
		port := firstPort + rand.IntN(lastPort-firstPort) //nolint:gosec // it need not be secret
		if last = bindable(t, "127.0.0.1:"+strconv.Itoa(port)); last == nil {
			return port
		}
	}
	t.Fatalf("no free port: %v", last)
	return 0
}

// bindable tells whether an address can be had over TCP and over UDP.
func bindable(t testing.TB, address string) error {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp4", address)
	if err != nil {
		return err
	}
	defer l.Close()
	c, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp4", address)
	if err != nil {
		return err
	}
	return c.Close()
}
