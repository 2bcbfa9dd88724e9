package matrix

import (
	"net"
	"strconv"
	"testing"

	"sluice/engine/enginetest"
)

// pair are two UDP ports, the lower of them even, as RTP and RTCP have them (RFC 3550 11).
func pair(t *testing.T) (rtp, rtcp *net.UDPConn) {
	t.Helper()
	for range 100 {
		at := net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: enginetest.FreeUDP(t) &^ 1}
		first, err := net.ListenUDP("udp4", &at)
		if err != nil {
			continue
		}
		at.Port++
		if second, err := net.ListenUDP("udp4", &at); err == nil {
			return first, second
		}
		_ = first.Close()
	}
	t.Fatal("there are no two ports side by side")
	return nil, nil
}

func port(c *net.UDPConn) string { return strconv.Itoa(c.LocalAddr().(*net.UDPAddr).Port) }
