//go:build !race

package gso

import "testing"

// TestNoAllocation is not for the race detector, under which a sync.Pool forgets on purpose.
func TestNoAllocation(t *testing.T) {
	conn := New(bound(t, "udp", "::"))
	far := bound(t, "udp4", "127.0.0.1")
	to := addrOf(far)
	line := lineTo(conn, to)
	p := make([]byte, 1000)
	n := testing.AllocsPerRun(200, func() {
		line.Cork()
		for range 8 {
			_, _ = conn.WriteToAddrPort(p, to)
		}
		_ = line.Uncork()
		_, _ = conn.WriteToAddrPort(p, to)
	})
	if n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}
