package mux

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
	"go.uber.org/goleak"

	"sluice/engine/enginetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 10 * time.Second

func listen(t testing.TB) *Mux {
	t.Helper()
	m, err := Listen(t.Context(), Options{UDP: []string{"127.0.0.1:0"}, TCP: []string{"127.0.0.1:0"}, Loopback: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Errorf("closing the ports: %v", err)
		}
	})
	return m
}

// peer is an inbox and the lane of an agent that answers every check.
type peer struct {
	*Inbox
	lane *lane
}

func (m *Mux) peer(t testing.TB, fragment string) *peer {
	t.Helper()
	in := m.NewInbox()
	m.UDP().Expect(fragment, in)
	conn, err := m.UDP().GetConn(fragment, m.udp.sockets[0].local)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); in.Close() })
	return &peer{in, conn.(*lane)}
}

// takes waits for a check and answers it; the answer goes where it came from.
func (p *peer) takes(t testing.TB) (check []byte, from netip.AddrPort) {
	t.Helper()
	buf := make([]byte, 2000)
	n, from, err := p.lane.ReadFromAddrPort(buf)
	if err != nil {
		t.Fatal(err)
	}
	if stunType(buf) == stunRequest {
		if _, err := p.lane.WriteToAddrPort(message(t, stun.BindingSuccess), from); err != nil {
			t.Fatal(err)
		}
	}
	return buf[:n], from
}

func message(t testing.TB, setters ...stun.Setter) []byte {
	t.Helper()
	m, err := stun.Build(append(setters, stun.TransactionID)...)
	if err != nil {
		t.Fatal(err)
	}
	return m.Raw
}

func request(t testing.TB, user string) []byte {
	return message(t, stun.BindingRequest, stun.NewUsername(user))
}

func dial(t testing.TB, m *Mux) *net.UDPConn {
	t.Helper()
	udp, _ := m.Addresses()
	c, err := net.DialUDP("udp", nil, udp[0].(*net.UDPAddr))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return c
}

func write(t testing.TB, c io.Writer, p []byte) {
	t.Helper()
	if _, err := c.Write(p); err != nil {
		t.Fatal(err)
	}
}

// contents takes packets out of an inbox until there were n.
func contents(in *Inbox, n int) []string {
	var out []string
	for len(out) < n {
		list := in.Take()
		if len(list) == 0 {
			return out
		}
		for _, p := range list {
			out = append(out, string(p.Data))
		}
		in.Release(list...)
	}
	return out
}

func TestTwoPeersOnOnePort(t *testing.T) {
	m := listen(t)
	a, b := m.peer(t, "aaaa"), m.peer(t, "bbbb")
	ca, cb := dial(t, m), dial(t, m)
	write(t, ca, []byte("\x80 too early"))
	write(t, ca, request(t, "aaaa:x"))
	write(t, cb, request(t, "bbbb:x"))
	_, from := a.takes(t)
	b.takes(t)
	for i, c := range []*net.UDPConn{ca, cb, ca} {
		write(t, c, []byte{0x80, byte('0' + i)})
	}
	if got := contents(a.Inbox, 2); !slices.Equal(got, []string{"\x800", "\x802"}) {
		t.Errorf("%q", got)
	}
	if got := contents(b.Inbox, 1); !slices.Equal(got, []string{"\x801"}) {
		t.Errorf("%q", got)
	}
	way := m.UDP().Way(a.Inbox, from)
	if way == nil {
		t.Fatal("there is no way back")
	}
	if _, err := way.WriteToAddrPort([]byte("hello"), from); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 100)
	for {
		n, err := ca.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		if string(buf[:n]) == "hello" {
			break
		}
	}
	if m.UDP().Way(b.Inbox, from) != nil {
		t.Error("the other's address is his, too")
	}
}

// TestForgedCheck has one peer's check come from the address of another: what comes from there stays the other's while he is
// heard.
func TestForgedCheck(t *testing.T) {
	m := listen(t)
	a, b := m.peer(t, "aaaa"), m.peer(t, "bbbb")
	c := dial(t, m)
	write(t, c, request(t, "aaaa:x"))
	a.takes(t)
	write(t, c, request(t, "bbbb:x"))
	_, from := b.takes(t)
	write(t, c, []byte("\x80 mine"))
	if got := contents(a.Inbox, 1); !slices.Equal(got, []string{"\x80 mine"}) {
		t.Errorf("%q", got)
	}
	// Somebody who has not been heard of for a while has no right to it any more.
	m.udp.admit(b.Inbox, m.udp.sockets[0], from, time.Now().Add(2*settled))
	write(t, c, []byte("\x80 theirs"))
	if got := contents(b.Inbox, 1); !slices.Equal(got, []string{"\x80 theirs"}) {
		t.Errorf("%q", got)
	}
}

// TestAnswers has answers to checks reach who sent the check, and what follows, too, once he says so.
func TestAnswers(t *testing.T) {
	m := listen(t)
	a := m.peer(t, "aaaa")
	c := dial(t, m)
	to := c.LocalAddr().(*net.UDPAddr).AddrPort()
	if _, err := a.lane.WriteTo(request(t, "x:aaaa"), net.UDPAddrFromAddrPort(to)); err != nil {
		t.Fatal(err)
	}
	answer := message(t, stun.BindingSuccess)
	write(t, c, answer)
	if got, _ := a.takes(t); !bytes.Equal(got, answer) {
		t.Errorf("%x", got)
	}
	if m.UDP().Way(a.Inbox, to) == nil {
		t.Error("there is no way to who answered")
	}
	write(t, c, []byte("\x80"))
	if got := contents(a.Inbox, 1); len(got) != 1 {
		t.Errorf("%q", got)
	}
}

// TestRestart has the media go on after the user fragment has changed, and checks lead to the new one.
func TestRestart(t *testing.T) {
	m := listen(t)
	a := m.peer(t, "aaaa")
	c := dial(t, m)
	write(t, c, request(t, "aaaa:x"))
	a.takes(t)
	m.UDP().RemoveConnByUfrag("aaaa")
	m.UDP().Expect("cccc", a.Inbox)
	write(t, c, []byte("\x80 still"))
	if got := contents(a.Inbox, 1); !slices.Equal(got, []string{"\x80 still"}) {
		t.Errorf("%q", got)
	}
	other := dial(t, m)
	write(t, other, request(t, "aaaa:x"))
	write(t, other, request(t, "cccc:x"))
	if got, _ := a.takes(t); !bytes.Contains(got, []byte("cccc:x")) {
		t.Errorf("%q", got)
	}
}

func TestLane(t *testing.T) {
	m := listen(t)
	a := m.peer(t, "aaaa")
	if _, err := a.lane.WriteTo([]byte{1}, &net.TCPAddr{}); err == nil {
		t.Error("UDP to a TCP address")
	}
	if a.lane.LocalAddr().String() != m.UDP().GetListenAddresses()[0].String() {
		t.Errorf("%v", a.lane.LocalAddr())
	}
	done := make(chan error)
	go func() {
		_, _, err := a.lane.ReadFrom(make([]byte, 10))
		done <- err
	}()
	a.lane.Close()
	if err := enginetest.Await(t, "the end of it", done); !errors.Is(err, io.EOF) {
		t.Errorf("%v", err)
	}
	if _, err := a.lane.WriteToAddrPort([]byte{1}, netip.MustParseAddrPort("127.0.0.1:9")); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("%v", err)
	}
	if _, err := m.UDP().GetConn("aaaa", &net.UDPAddr{IP: net.IPv4(10, 0, 0, 1)}); err == nil {
		t.Error("a socket that there is not")
	}
}

// TestBounds: what one peer may fill is bounded.
func TestBounds(t *testing.T) {
	m := listen(t)
	a := m.peer(t, "aaaa")
	for range maxWaiting + 10 {
		a.Put([]byte{0x80}, time.Now())
	}
	a.Put(make([]byte, packetSize+1), time.Now())
	if a.Lost() != 10 {
		t.Errorf("%d were lost", a.Lost())
	}
	if got := len(a.Take()); got != maxWaiting {
		t.Errorf("%d wait", got)
	}
	for i := range 2 * maxAddresses {
		m.udp.ask(a.Inbox, netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(i+1)))
	}
	if len(m.udp.asked) != maxAddresses {
		t.Errorf("%d addresses", len(m.udp.asked))
	}
	for range 100 {
		a.pass(m.udp.sockets[0], request(t, "aaaa:x"), netip.AddrPort{})
	}
}

func TestTCP(t *testing.T) {
	m := listen(t)
	local := net.IPv4(127, 0, 0, 1)
	conn, err := m.TCP().GetConnByUfrag("aaaa", false, local)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, tcp := m.Addresses()
	c, err := net.Dial("tcp", tcp[0].String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	check := request(t, "aaaa:x")
	write(t, c, append([]byte{byte(len(check) >> 8), byte(len(check))}, check...)) // RFC 4571
	buf := make([]byte, 1000)
	n, _, err := conn.ReadFrom(buf)
	if err != nil || !bytes.Equal(buf[:n], check) {
		t.Errorf("%q, %v", buf[:n], err)
	}
}

func TestSeveralPorts(t *testing.T) {
	m, err := Listen(t.Context(), Options{UDP: []string{"127.0.0.1:0", "127.0.0.1:0"}, TCP: []string{"127.0.0.1:0", "127.0.0.1:0"}})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	udp, tcp := m.Addresses()
	if len(udp) != 2 || len(tcp) != 2 {
		t.Errorf("%v, %v", udp, tcp)
	}
	if _, ok := m.TCP().(ice.AllConnsGetter); !ok {
		t.Errorf("%T", m.TCP())
	}
}

func TestNothing(t *testing.T) {
	m, err := Listen(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if m.UDP() != nil || m.TCP() != nil {
		t.Error("there are ports")
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
	taken := listen(t)
	udp, tcp := taken.Addresses()
	for _, o := range []Options{{UDP: []string{udp[0].String()}}, {UDP: []string{"127.0.0.1:0"}, TCP: []string{tcp[0].String()}}} {
		if _, err := Listen(context.Background(), o); err == nil {
			t.Errorf("%v is free", o)
		}
	}
}

func TestExpand(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1:5": true, "[::1]:5": true, ":5": true, "0.0.0.0:5": true,
		"localhost:5": false, "127.0.0.1": false, "127.0.0.1:x": false, "127.0.0.1:70000": false,
	} {
		o := Options{Loopback: true}
		list, err := o.expand(address)
		if (err == nil) != want || want && len(list) == 0 {
			t.Errorf("%q: %v, %v", address, list, err)
		}
		for _, a := range list {
			if a.Port() != 5 || a.Addr().IsUnspecified() || address == "0.0.0.0:5" && !a.Addr().Is4() {
				t.Errorf("%q: %v", address, a)
			}
		}
	}
	o := Options{}
	list, err := o.expand(":5")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		if a.Addr().IsLoopback() {
			t.Errorf("%v without loopback", a)
		}
	}
}

func FuzzUser(f *testing.F) {
	m, err := stun.Build(stun.BindingRequest, stun.TransactionID, stun.NewUsername("ours:theirs"), stun.Fingerprint)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(m.Raw)
	f.Add([]byte{0, 1, 0, 4, 0x21, 0x12, 0xa4, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 255, 255})
	f.Fuzz(func(t *testing.T, p []byte) {
		if !isSTUN(p) {
			return
		}
		got, ok := user(p)
		var m stun.Message
		if stun.Decode(p, &m) != nil {
			return
		}
		var want stun.Username
		if err := want.GetFrom(&m); (err == nil && bytes.Contains(want, []byte(":"))) != ok {
			t.Fatalf("%v, and %v", ok, err)
		} else if ok && !bytes.HasPrefix(want, []byte(got+":")) {
			t.Fatalf("%q of %q", got, want)
		}
	})
}
