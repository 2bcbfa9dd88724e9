package ports_test

import (
	"net"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"sluice/api/sip/ports"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
)

func loopback() netip.Addr { return netip.AddrFrom4([4]byte{127, 0, 0, 1}) }

// pair has both ports of a pair that nobody else has, the even one first. They are below those that systems hand out by themselves.
func pair(t *testing.T) [2]net.PacketConn {
	t.Helper()
	for range 100 {
		even := enginetest.FreeUDP(t) &^ 1
		rtp, err := net.ListenPacket("udp4", address(even))
		if err != nil {
			continue
		}
		rtcp, err := net.ListenPacket("udp4", address(even+1))
		if err != nil {
			rtp.Close()
			continue
		}
		return [2]net.PacketConn{rtp, rtcp}
	}
	t.Fatal("no pair of ports is free")
	return [2]net.PacketConn{}
}

func address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// free finds an even port that is free now, with its neighbour.
func free(t *testing.T) int {
	t.Helper()
	both := pair(t)
	both[0].Close()
	both[1].Close()
	return both[0].LocalAddr().(*net.UDPAddr).Port
}

func TestPairsAreLentAndRest(t *testing.T) {
	now := time.Unix(1000, 0)
	first := free(t)
	pool, err := ports.New(ports.Options{
		Address: loopback(), First: first, Last: first + 1, Drain: time.Minute, Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	pair, err := pool.Take()
	if err != nil {
		t.Fatal(err)
	}
	if pair.Port() != first || pair.RTP.LocalAddr().(*net.UDPAddr).Port != first || pair.RTCP.LocalAddr().(*net.UDPAddr).Port != first+1 {
		t.Errorf("%v and %v of %d", pair.RTP.LocalAddr(), pair.RTCP.LocalAddr(), first)
	}
	if _, err := pool.Take(); fault.CodeOf(err) != fault.Overloaded || pool.Lent() != 1 || pool.Free() != 0 {
		t.Errorf("a second pair of one: %v; %d lent, %d free", err, pool.Lent(), pool.Free())
	}
	pair.Close()
	pair.Close()
	if _, err := pool.Take(); fault.CodeOf(err) != fault.Overloaded || pool.Free() != 0 {
		t.Errorf("a pair that rests: %v", err)
	}
	now = now.Add(time.Minute)
	if pool.Free() != 1 || pool.Lent() != 0 {
		t.Errorf("%d free, %d lent", pool.Free(), pool.Lent())
	}
	again, err := pool.Take()
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}

func TestPortsOfOthersAreLeftOut(t *testing.T) {
	for _, taken := range []int{0, 1} {
		both := pair(t)
		first, other := both[0].LocalAddr().(*net.UDPAddr).Port, both[taken]
		both[1-taken].Close()
		pool, err := ports.New(ports.Options{Address: loopback(), First: first, Last: first + 1})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pool.Take(); fault.CodeOf(err) != fault.Overloaded || pool.Lent() != 0 {
			t.Errorf("port %d is somebody else's: %v", taken, err)
		}
		other.Close()
		lent, err := pool.Take()
		if err != nil {
			t.Fatal(err)
		}
		lent.Close()
	}
}

func TestRanges(t *testing.T) {
	for _, c := range []struct{ first, last, pairs int }{
		{31001, 31999, 499}, {31000, 31001, 1}, {31000, 31000, 0}, {31001, 31002, 0}, {0, 10, 0}, {65534, 65536, 0}, {10, 5, 0},
	} {
		pool, err := ports.New(ports.Options{First: c.first, Last: c.last})
		switch {
		case c.pairs == 0 && fault.CodeOf(err) != fault.InvalidParams:
			t.Errorf("%d to %d: %v", c.first, c.last, err)
		case c.pairs > 0 && (err != nil || pool.Free() != c.pairs):
			t.Errorf("%d to %d: %v, %v", c.first, c.last, pool, err)
		}
	}
}
