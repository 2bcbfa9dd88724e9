package relay

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v5"
	"go.uber.org/goleak"

	"sluice/engine/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quiet has pion's packages tell nobody.
func quiet() logging.LoggerFactory {
	f := logging.NewDefaultLoggerFactory()
	f.Writer = io.Discard
	return f
}

func options() Options {
	return Options{
		UDP: []string{"127.0.0.1:0"}, TCP: []string{"127.0.0.1:0"}, Public: netip.MustParseAddr("127.0.0.1"), Secret: "secret", Log: quiet(),
	}
}

func listen(t testing.TB, o Options) *Relay {
	t.Helper()
	r, err := Listen(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Errorf("closing the relay: %v", err)
		}
	})
	return r
}

// connect connects to a relay.
func connect(t testing.TB, r *Relay, tcp bool, username, password string) *turn.Client {
	t.Helper()
	udpAddrs, tcpAddrs := r.Addresses()
	to := udpAddrs[0]
	var conn net.PacketConn
	if tcp {
		to = tcpAddrs[0]
		c, err := net.Dial("tcp", to.String())
		if err != nil {
			t.Fatal(err)
		}
		conn = turn.NewSTUNConn(c)
	} else {
		c, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		conn = c
	}
	c, err := turn.NewClient(&turn.ClientConfig{
		STUNServerAddr: to.String(), TURNServerAddr: to.String(), Username: username, Password: password, Conn: conn, LoggerFactory: quiet(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); conn.Close() })
	return c
}

func credentials(t testing.TB, r *Relay, good time.Duration) (username, password string) {
	t.Helper()
	username, password, err := r.Credentials("alice", good)
	if err != nil {
		t.Fatal(err)
	}
	return username, password
}

func TestRelays(t *testing.T) {
	for name, tcp := range map[string]bool{"udp": false, "tcp": true} {
		t.Run(name, func(t *testing.T) {
			peer, err := net.ListenPacket("udp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer peer.Close()
			o := options()
			o.Media = only(peer)
			r := listen(t, o)
			username, password := credentials(t, r, time.Hour)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			c := connect(t, r, tcp, username, password)
			relayed, err := c.AllocateWithContext(ctx)
			if err != nil {
				t.Fatal(err)
			}
			defer relayed.Close()
			if _, err := relayed.WriteTo([]byte("hello"), peer.LocalAddr()); err != nil {
				t.Fatal(err)
			}
			buf := make([]byte, 100)
			n, from, err := peer.ReadFrom(buf)
			if err != nil || string(buf[:n]) != "hello" || from.String() != relayed.LocalAddr().String() {
				t.Errorf("%q from %v, %v", buf[:n], from, err)
			}
			if err := c.CreatePermission(&net.UDPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 9}); err == nil {
				t.Error("another network may be relayed to")
			}
		})
	}
}

// only has media at one socket.
func only(c net.PacketConn) func(netip.AddrPort) bool {
	at := c.LocalAddr().(*net.UDPAddr).AddrPort()
	return func(to netip.AddrPort) bool { return to == at }
}

// What else listens on this machine is neither reached nor heard. Media comes after, so what would pass had passed by then.
func TestReachesMediaOnly(t *testing.T) {
	media, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer media.Close()
	service, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer service.Close()
	o := options()
	o.Media = only(media)
	r := listen(t, o)
	username, password := credentials(t, r, time.Hour)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	relayed, err := connect(t, r, false, username, password).AllocateWithContext(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer relayed.Close()
	for _, to := range []net.PacketConn{service, media} {
		if _, err := relayed.WriteTo([]byte("ping"), to.LocalAddr()); err != nil {
			t.Fatal(err)
		}
	}
	buf := make([]byte, 100)
	if _, _, err := media.ReadFrom(buf); err != nil {
		t.Fatal(err)
	}
	for _, from := range []net.PacketConn{service, media} {
		if _, err := from.WriteTo([]byte("pong"), relayed.LocalAddr()); err != nil {
			t.Fatal(err)
		}
	}
	if _, from, err := relayed.ReadFrom(buf); err != nil || from.String() != media.LocalAddr().String() {
		t.Errorf("from %v, %v", from, err)
	}
	// What waited at the service would come before what it sends itself.
	if _, err := service.WriteTo([]byte("mine"), service.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	if n, from, err := service.ReadFrom(buf); err != nil || string(buf[:n]) != "mine" {
		t.Errorf("%q came from %v, %v", buf[:n], from, err)
	}
}

func TestQuotaOfOne(t *testing.T) {
	udp := func(at string) net.Addr { return net.UDPAddrFromAddrPort(netip.MustParseAddrPort(at)) }
	q := quota{all: 3, one: 1, of: map[client]int{}}
	q.add(newClient("alice", udp("[2001:db8::1]:5")), 1)
	q.add(newClient("", udp("192.0.2.1:5")), 1)
	for _, c := range []struct {
		user, at string
		want     bool
	}{
		{"alice", "[2001:db8::2]:6", false}, {"alice", "[2001:db8:0:1::2]:6", true}, {"bob", "[2001:db8::1]:6", true},
		{"", "192.0.2.1:6", false}, {"", "192.0.2.2:6", true}, {"alice", "192.0.2.1:6", true},
	} {
		if got := q.admits(c.user, "", udp(c.at)); got != c.want {
			t.Errorf("%q at %s: %v", c.user, c.at, got)
		}
	}
	q.add(newClient("", udp("192.0.2.1:5")), -1)
	if !q.admits("", "", udp("192.0.2.1:6")) || len(q.of) != 1 {
		t.Errorf("not free again: %v", q.of)
	}
}

func TestStrangers(t *testing.T) {
	r := listen(t, options())
	username, password := credentials(t, r, time.Hour)
	late, latePassword := credentials(t, r, -time.Minute)
	for name, c := range map[string][2]string{
		"another password": {username, "x"}, "another user": {"9999999999:bob", password}, "too late": {late, latePassword}, "nobody": {"", ""},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		if conn, err := connect(t, r, false, c[0], c[1]).AllocateWithContext(ctx); err == nil {
			conn.Close()
			t.Errorf("%s: let in", name)
		}
		cancel()
	}
}

func TestQuota(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"in all": func(o *Options) { o.Allocations = 1 }, "of one": func(o *Options) { o.AllocationsOfOne = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			o := options()
			change(&o)
			oneOnly(t, o)
		})
	}
}

func oneOnly(t *testing.T, o Options) {
	r := listen(t, o)
	username, password := credentials(t, r, time.Hour)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	first, err := connect(t, r, false, username, password).AllocateWithContext(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if second, err := connect(t, r, false, username, password).AllocateWithContext(ctx); err == nil {
		second.Close()
		t.Error("one more than there may be")
	}
}

func TestPermits(t *testing.T) {
	o := options()
	o.Public = netip.MustParseAddr("203.0.113.5")
	o.Peers = []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}
	r := listen(t, o)
	for ip, want := range map[string]bool{
		"203.0.113.5": true, "127.0.0.1": true, "10.1.2.3": true, "::ffff:10.1.2.3": true, "10.2.0.1": false, "169.254.169.254": false, "::2": false,
	} {
		if got := r.permits(nil, net.ParseIP(ip)); got != want {
			t.Errorf("%s: %v", ip, got)
		}
	}
	if r.permits(nil, nil) {
		t.Error("nowhere")
	}
}

func TestOptions(t *testing.T) {
	taken, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for name, c := range map[string]struct {
		change func(*Options)
		want   fault.Code
	}{
		"no secret":             {func(o *Options) { o.Secret = "" }, fault.InvalidParams},
		"nowhere to listen":     {func(o *Options) { o.UDP, o.TCP = nil, nil }, fault.InvalidParams},
		"no public address":     {func(o *Options) { o.Public = netip.Addr{} }, fault.InvalidParams},
		"a range upside down":   {func(o *Options) { o.Ports = [2]uint16{2, 1} }, fault.InvalidParams},
		"a UDP port taken":      {func(o *Options) { o.UDP = []string{taken.LocalAddr().String()} }, fault.Unreachable},
		"a TCP address of none": {func(o *Options) { o.TCP = []string{"192.0.2.1:0"} }, fault.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			o := options()
			c.change(&o)
			if r, err := Listen(t.Context(), o); !errors.Is(err, c.want) {
				t.Errorf("%v, %v", r, err)
			}
		})
	}
	o := options()
	o.Ports = [2]uint16{40000, 40100}
	listen(t, o)
}
