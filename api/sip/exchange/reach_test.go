package exchange

import (
	"testing"

	"github.com/emiago/sipgo/sip"
)

func TestBehindNAT(t *testing.T) {
	for _, c := range []struct{ named, source, want string }{
		{"192.168.1.2", "203.0.113.5:5062", "203.0.113.5"},
		{"192.168.1.2", "10.0.0.1:5060", "192.168.1.2"},
		{"198.51.100.1", "203.0.113.5:5062", "198.51.100.1"},
		{"0.0.0.0", "203.0.113.5:5062", "203.0.113.5"},
		{"example.org", "203.0.113.5:5062", "example.org"},
		{"192.168.1.2", "127.0.0.1:5062", "192.168.1.2"},
	} {
		if got := behindNAT(sip.Uri{Host: c.named, Port: 5060}, c.source); got.Host != c.want {
			t.Errorf("%s, seen at %s, is reached at %s, want %s", c.named, c.source, got.Host, c.want)
		}
	}
}
