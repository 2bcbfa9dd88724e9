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

// client connects to a relay.
func client(t testing.TB, r *Relay, tcp bool, username, password string) *turn.Client {
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
			r := listen(t, options())
			peer, err := net.ListenPacket("udp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer peer.Close()
			username, password := credentials(t, r, time.Hour)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			c := client(t, r, tcp, username, password)
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

func TestStrangers(t *testing.T) {
	r := listen(t, options())
	username, password := credentials(t, r, time.Hour)
	late, latePassword := credentials(t, r, -time.Minute)
	for name, c := range map[string][2]string{
		"another password": {username, "x"}, "another user": {"9999999999:bob", password}, "too late": {late, latePassword}, "nobody": {"", ""},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		if conn, err := client(t, r, false, c[0], c[1]).AllocateWithContext(ctx); err == nil {
			conn.Close()
			t.Errorf("%s: let in", name)
		}
		cancel()
	}
}

func TestQuota(t *testing.T) {
	o := options()
	o.Allocations = 1
	r := listen(t, o)
	username, password := credentials(t, r, time.Hour)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	first, err := client(t, r, false, username, password).AllocateWithContext(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if second, err := client(t, r, false, username, password).AllocateWithContext(ctx); err == nil {
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
