// Package linktest is a network for tests of connections over UDP: it loses packets, and can be cut. It delays nothing and keeps
// their order.
package linktest

import (
	"math/rand/v2"
	"net"
	"sync"
	"testing"
)

// Network is one between a client and a server, which loses some of what passes through it. It is of one client.
type Network struct {
	near, far *net.UDPConn
	loss      float64

	mu     sync.Mutex
	rnd    *rand.Rand
	lost   int
	client *net.UDPAddr
	loses  func(packet []byte) bool // of what the client sends
}

// New is the way to a server, that loses a share of all packets until the test ends.
func New(t testing.TB, to string, loss float64) *Network {
	t.Helper()
	near, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	at, err := net.ResolveUDPAddr("udp4", to)
	if err != nil {
		t.Fatal(err)
	}
	far, err := net.DialUDP("udp4", nil, at)
	if err != nil {
		t.Fatal(err)
	}
	n := &Network{near: near, far: far, loss: loss, rnd: rand.New(rand.NewPCG(3, 4))} //nolint:gosec // the same losses each time
	var work sync.WaitGroup
	work.Go(n.there)
	work.Go(n.back)
	t.Cleanup(func() {
		_ = near.Close()
		_ = far.Close()
		work.Wait()
	})
	return n
}

// Addr is where the client calls.
func (n *Network) Addr() string { return n.near.LocalAddr().String() }

// Cut loses everything from now on.
func (n *Network) Cut() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.loss = 1
}

// Lose loses, from now on, what the client sends and lose says, too. It is called by one goroutine, and must not keep the packet.
func (n *Network) Lose(lose func(packet []byte) bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.loses = lose
}

// Losses is how many packets were lost, in both directions.
func (n *Network) Losses() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.lost
}

func (n *Network) passes() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.rnd.Float64() < n.loss {
		n.lost++
		return false
	}
	return true
}

func (n *Network) there() {
	b := make([]byte, 2000)
	for {
		size, from, err := n.near.ReadFromUDP(b)
		if err != nil {
			return
		}
		n.mu.Lock()
		n.client = from
		lost := n.loses != nil && n.loses(b[:size])
		if lost {
			n.lost++
		}
		n.mu.Unlock()
		if !lost && n.passes() {
			_, _ = n.far.Write(b[:size])
		}
	}
}

func (n *Network) back() {
	b := make([]byte, 2000)
	for {
		size, err := n.far.Read(b)
		if err != nil {
			return
		}
		n.mu.Lock()
		to := n.client
		n.mu.Unlock()
		if to != nil && n.passes() {
			_, _ = n.near.WriteToUDP(b[:size], to)
		}
	}
}
