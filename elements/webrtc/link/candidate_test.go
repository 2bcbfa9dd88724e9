package link

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/ice/v4"

	"sluice/elements/webrtc/sdp"
)

func TestCheckable(t *testing.T) {
	for value, want := range map[string]bool{
		"1 1 udp 1 192.0.2.1 9000 typ host":               true,
		"1 1 udp 1 2001:db8::1 9000 typ host":             true,
		"1 1 udp 1 192.0.2.1 0 typ host":                  false,
		"1 1 tcp 1 192.0.2.1 9 typ host tcptype active":   false,
		"1 1 tcp 1 192.0.2.1 80 typ host tcptype passive": false,
		"1 1 udp 1 127.0.0.1 9000 typ host":               false,
		"1 1 udp 1 ::1 9000 typ host":                     false,
		"1 1 udp 1 ::ffff:127.0.0.1 9000 typ host":        false,
		"1 1 udp 1 169.254.169.254 80 typ host":           false,
		"1 1 udp 1 fe80::1 9000 typ host":                 false,
		"1 1 udp 1 224.0.0.1 9000 typ host":               false,
		"1 1 udp 1 ff02::1 9000 typ host":                 false,
		"1 1 udp 1 0.0.0.0 9000 typ host":                 false,
		"1 1 udp 1 255.255.255.255 9000 typ host":         false,
		"1 1 udp 1 abc.local 9000 typ host":               false,
	} {
		c, err := ice.UnmarshalCandidate(value)
		if err != nil {
			if want {
				t.Errorf("%s: %v", value, err)
			}
			continue
		}
		if got := (&Config{}).checkable(c); got != want {
			t.Errorf("%s: %v", value, got)
		}
	}
	c, err := ice.UnmarshalCandidate("1 1 udp 1 127.0.0.1 9000 typ host")
	if err != nil || !(&Config{Loopback: true}).checkable(c) {
		t.Errorf("loopback, where it is wanted: %v", err)
	}
}

// somebody never asked to be checked.
func somebody(t *testing.T) (*net.UDPConn, string) {
	t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, fmt.Sprintf("1 1 udp 1 127.0.0.1 %d typ host", c.LocalAddr().(*net.UDPAddr).Port)
}

// An offer's candidates cost others so many datagrams and no more, however long the peer may take.
func TestChecksAreFew(t *testing.T) {
	for name, c := range map[string]struct {
		lite             bool
		addresses, times int
	}{"full": {false, mostCandidates, mostChecks + 1}, "lite": {true, mostOfLite, mostChecksOfLite + 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			victim, at := somebody(t)
			remote := sdp.Remote{Ufrag: "abcd", Pwd: "abcdefghijklmnopqrstuvwx", Setup: "actpass", Lite: c.lite, Candidates: []string{at}}
			for port := range 64 {
				remote.Candidates = append(remote.Candidates, fmt.Sprintf("1 1 udp 1 127.0.0.1 %d typ host", 50000+port))
			}
			l, _ := near(t, func(conf *Config) { conf.Connect, conf.Remote = 7*time.Second, remote })
			if err := l.Start(remote); err != nil {
				t.Fatal(err)
			}
			l.Candidate("1 1 udp 1 127.0.0.1 49999 typ host")
			within(t, "it gives up", l.Done())
			if l.told != c.addresses {
				t.Errorf("%d addresses, and %d are the most", l.told, c.addresses)
			}
			if n := waiting(t, victim); n == 0 || n > c.times {
				t.Errorf("%d checks, and %d are the most", n, c.times)
			}
		})
	}
}

// waiting counts the datagrams that have come to a socket: those before one of its own.
func waiting(t *testing.T, c *net.UDPConn) (n int) {
	t.Helper()
	if _, err := c.WriteTo([]byte("mine"), c.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	for buf := make([]byte, 1500); ; n++ {
		got, _, err := c.ReadFrom(buf)
		if err != nil {
			t.Fatal(err)
		}
		if string(buf[:got]) == "mine" {
			return n
		}
	}
}

// A peer that comes when its candidates have been given up is connected all the same.
func TestComesLate(t *testing.T) {
	t.Parallel()
	l, h := near(t, nil)
	f, remote := newFar(t)
	silent, at := somebody(t)
	remote.Candidates = []string{at}
	if err := l.Start(remote); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 1500)
	for range mostChecks + 1 {
		if _, _, err := silent.ReadFrom(buf); err != nil {
			t.Fatal(err)
		}
	}
	f.connect(t, l)
	f.shake(t, true, dtls.SRTP_AES128_CM_HMAC_SHA1_80)
	within(t, "the keys are there", h.up)
}
