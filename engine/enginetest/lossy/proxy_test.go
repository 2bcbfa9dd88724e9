package lossy_test

import (
	"encoding/binary"
	"math"
	"net"
	"slices"
	"testing"
	"time"

	"sluice/engine/enginetest"
	"sluice/engine/enginetest/lossy"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// echo is a server that sends back what it gets.
func echo(t *testing.T) string {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { _ = conn.Close(); <-done })
	go func() {
		defer close(done)
		buf := make([]byte, 2000)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			_, _ = conn.WriteTo(buf[:n], from)
		}
	}()
	return conn.LocalAddr().String()
}

func listen(t *testing.T, c lossy.Conditions) (*lossy.Proxy, net.Conn) {
	t.Helper()
	p, err := lossy.Listen(echo(t), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	client, err := net.Dial("udp4", p.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return p, client
}

// send sends a number; receive gives the next one, or false if none came for a while.
func send(t *testing.T, c net.Conn, n uint32) {
	t.Helper()
	if _, err := c.Write(binary.BigEndian.AppendUint32(nil, n)); err != nil {
		t.Fatal(err)
	}
}

func receive(c net.Conn, patience time.Duration) (uint32, bool) {
	buf := make([]byte, 2000)
	_ = c.SetReadDeadline(time.Now().Add(patience))
	if n, err := c.Read(buf); err != nil || n != 4 {
		return 0, false
	}
	return binary.BigEndian.Uint32(buf), true
}

// A good network passes everything in its order, each client's to that client.
func TestGoodNetwork(t *testing.T) {
	p, one := listen(t, lossy.Conditions{})
	two, err := net.Dial("udp4", p.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = two.Close() }()
	for i := range uint32(100) {
		send(t, one, i)
		send(t, two, 1000+i)
		a, okA := receive(one, 5*time.Second)
		b, okB := receive(two, 5*time.Second)
		if !okA || !okB || a != i || b != 1000+i {
			t.Fatalf("datagram %d came back as %d (%v) and %d (%v)", i, a, okA, b, okB)
		}
	}
	if got, want := p.Counts(), (lossy.Counts{Passed: 400}); got != want {
		t.Errorf("counted %+v, want %+v", got, want)
	}
}

// As many are lost as the conditions say, there and back, and none any more after Change.
func TestLoss(t *testing.T) {
	p, client := listen(t, lossy.Conditions{Loss: 0.25, Seed: 7})
	const sent = 2000
	back := 0
	for i := range uint32(sent) {
		before := p.Counts()
		send(t, client, i)
		now := p.Counts()
		for now.Lost == before.Lost && now.Passed < before.Passed+2 {
			now = p.Counts()
		}
		if now.Lost > before.Lost {
			continue
		}
		if n, ok := receive(client, 5*time.Second); !ok || n != i {
			t.Fatalf("datagram %d passed both ways and came as %d (%v)", i, n, ok)
		}
		back++
	}
	if part := float64(back) / sent; math.Abs(part-0.75*0.75) > 0.05 {
		t.Errorf("%.3f of all came back, want %.3f", part, 0.75*0.75)
	}
	p.Change(lossy.Conditions{})
	for i := range uint32(100) {
		send(t, client, i)
		if n, ok := receive(client, 5*time.Second); !ok || n != i {
			t.Fatalf("after the change, datagram %d came as %d (%v)", i, n, ok)
		}
	}
}

// Jitter reorders and loses nothing.
func TestJitterReorders(t *testing.T) {
	_, client := listen(t, lossy.Conditions{Jitter: 50 * time.Millisecond, Seed: 1})
	for i := range uint32(100) {
		send(t, client, i)
	}
	var got []uint32
	for len(got) < 100 {
		n, ok := receive(client, 5*time.Second)
		if !ok {
			t.Fatalf("only %d of 100 came back", len(got))
		}
		got = append(got, n)
	}
	if slices.IsSorted(got) {
		t.Error("all came back in their order")
	}
	slices.Sort(got)
	if len(slices.Compact(got)) != 100 {
		t.Error("some came twice")
	}
}

func TestListenRefuses(t *testing.T) {
	if _, err := lossy.Listen("no port", lossy.Conditions{}); err == nil {
		t.Error("an address without a port is taken")
	}
}
