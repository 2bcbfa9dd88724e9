package guard

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"

	"sluice/engine/fault"
)

// TestReach: what an allowed name leads to is looked at when it is dialled.
func TestReach(t *testing.T) {
	for name, c := range map[string]struct {
		hosts []string
		yes   string
		no    string
	}{
		"a name": {
			hosts: []string{"cam.example.org", "*.example.net"},
			yes:   "203.0.113.9:554 [2a00:1450::1]:554 8.8.8.8:1",
			no: "127.0.0.1:554 127.8.9.1:554 10.1.2.3:554 172.16.0.1:554 192.168.0.1:554 169.254.169.254:80 0.0.0.0:80 100.64.0.1:1 " +
				"224.0.0.1:1 255.255.255.255:1 [::1]:554 [::]:554 [fe80::1]:554 [fd00::1]:554 [ff02::1]:1 [::ffff:127.0.0.1]:554 " +
				"[::127.0.0.1]:554 [64:ff9b::7f00:1]:554 [2002:7f00:1::]:554 [2001:0:1::]:554 [fec0::1]:554 198.18.0.1:1 192.0.0.8:1",
		},
		"all": {hosts: []string{"*"}, yes: "203.0.113.9:554", no: "127.0.0.1:554 10.1.2.3:554 [::1]:554"},
		"private": {
			hosts: []string{"cam.example.org", "private"},
			yes:   "203.0.113.9:554 127.0.0.1:554 10.1.2.3:554 169.254.169.254:80 [fd00::1]:1 [fe80::1%eth0]:1",
		},
		"an address":   {hosts: []string{"*", "10.1.2.3"}, yes: "10.1.2.3:554 [::ffff:10.1.2.3]:1", no: "10.1.2.4:554"},
		"one port":     {hosts: []string{"*", "10.1.2.3:554"}, yes: "10.1.2.3:554", no: "10.1.2.3:80"},
		"a network":    {hosts: []string{"cam.example.org", "10.1.0.0/16", "fd00::/64"}, yes: "10.1.2.3:554 [fd00::1]:1", no: "10.2.0.1:1 [fd00:1::]:1"},
		"this machine": {hosts: []string{"localhost"}, yes: "127.0.0.1:554 [::1]:554", no: "10.1.2.3:554"},
		"a name of it": {hosts: []string{"localhost:554", "mylocalhost"}, yes: "127.0.0.1:554", no: "127.0.0.1:80"},
		"all but it":   {hosts: []string{"mylocalhost", "localhost.example"}, no: "127.0.0.1:554"},
	} {
		g, err := New(Rules{Hosts: c.hosts, Elements: []string{"srt.pull"}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for text := range strings.FieldsSeq(c.yes) {
			if err := g.Reach("rtsp.pull", netip.MustParseAddrPort(text)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for text := range strings.FieldsSeq(c.no) {
			var f *fault.Fault
			if err := g.Reach("rtsp.pull", netip.MustParseAddrPort(text)); !errors.As(err, &f) || f.Code != fault.Forbidden ||
				!strings.Contains(f.Hint, "private") {
				t.Errorf("%s: %s: %v", name, text, err)
			}
			if err := g.Reach("srt.pull", netip.MustParseAddrPort(text)); err != nil {
				t.Errorf("%s: an element that is allowed altogether: %v", name, err)
			}
		}
	}
}

// TestOwnAddresses: this machine is inside, also by an address that is of the Internet; a rule that names that admits it.
func TestOwnAddresses(t *testing.T) {
	list, asked := []net.Addr{&net.IPNet{IP: net.IPv4(203, 0, 113, 9), Mask: net.CIDRMask(24, 32)}, &net.IPAddr{}}, 0
	for rule, admitted := range map[string]bool{"*": false, "private": true, "203.0.113.9": true, "203.0.113.0/24": true, "cam.example.org": false} {
		g, err := New(Rules{Hosts: []string{rule}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		g.interior.addresses = func() ([]net.Addr, error) { asked++; return list, nil }
		at := netip.MustParseAddrPort("203.0.113.9:554")
		for range 2 {
			if err := g.Reach("rtsp.pull", at); (err == nil) != admitted {
				t.Errorf("%s: %v", rule, err)
			}
		}
		if err := g.Address("rtsp://203.0.113.9/x"); rule != "cam.example.org" && (err == nil) != admitted {
			t.Errorf("%s, as it is written: %v", rule, err)
		}
		if err := g.Reach("rtsp.pull", netip.MustParseAddrPort("203.0.113.8:554")); err != nil {
			t.Errorf("%s: a neighbour: %v", rule, err)
		}
	}
	if asked != 5 {
		t.Errorf("the machine was asked for its addresses %d times, and not once by each of five guards", asked)
	}
}

// BenchmarkReach is what each datagram of a camera's costs.
func BenchmarkReach(b *testing.B) {
	g, err := New(Rules{Hosts: []string{"*"}}, nil)
	if err != nil {
		b.Fatal(err)
	}
	to := netip.MustParseAddrPort("192.0.2.1:554")
	b.ReportAllocs()
	for b.Loop() {
		_ = g.Reach("rtsp.pull", to)
	}
}

// TestAllButInside: "*" does not admit what is written so that it leads inside.
func TestAllButInside(t *testing.T) {
	rules := map[string]*Guard{}
	for name, hosts := range map[string][]string{"all": {"*"}, "inside": {"private"}, "both": {"*", "private"}} {
		g, err := New(Rules{Hosts: hosts}, nil)
		if err != nil {
			t.Fatal(err)
		}
		rules[name] = g
	}
	for host, inside := range map[string]bool{
		"cam.example.org": false, "203.0.113.9": false, "CAM.example.org.:99": false, "[2a00::1]:80": false, "x0x1.example": false,
		"127.0.0.1": true, "10.1.2.3:99": true, "169.254.169.254": true, "[::1]:80": true, "[fe80::1%25eth0]": true, "0.0.0.0": true,
		"localhost": true, "LOCALHOST.:99": true, "a.localhost": true, "2130706433": true, "0x7f000001": true, "127.1": true,
		"0177.0.0.1": true, "0x7f.1:80": true, "1.0x": true, "\uff11\uff12\uff17.1": true, "\u2460.\u24ea": true,
	} {
		text := "rtsp://" + host + "/x"
		for name, admitted := range map[string]bool{"all": !inside, "inside": inside, "both": true} {
			if err := rules[name].Address(text); (err == nil) != admitted {
				t.Errorf("%s: %s: %v", name, text, err)
			}
		}
	}
}
