package webrtc

import (
	"context"
	"net/netip"
	"os"
	"sync"
	"testing"

	"sluice/engine/enginetest"
	"sluice/engine/fault"
)

// crowd makes peers on loopback, and an offer of Chromium's to play.
func crowd(t *testing.T, set Settings) (*Peers, string) {
	t.Helper()
	text, err := os.ReadFile("sdp/testdata/chromium-play.sdp")
	if err != nil {
		t.Fatal(err)
	}
	set.UDP, set.TCP, set.Loopback = []string{"127.0.0.1:0"}, []string{}, true
	p, err := New(set)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return p, string(text)
}

// What a client may have that never connects is bounded, for each address and in all, and comes free again.
func TestBoundsOnPeersThatDoNotConnect(t *testing.T) {
	one, other := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	p, text := crowd(t, Settings{MaxPeers: 100, MaxConnecting: 3, MaxConnectingOfOne: 2})
	offer := func(client netip.Addr) (*Peer, error) {
		return p.Player(t.Context(), Offer{SDP: text, Client: client})
	}
	var made []*Peer
	for _, client := range []netip.Addr{one, one, other} {
		peer, err := offer(client)
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, peer)
	}
	for _, client := range []netip.Addr{one, other} {
		if _, err := offer(client); fault.CodeOf(err) != fault.Overloaded {
			t.Errorf("one more of %v: %v", client, err)
		}
	}
	made[0].Stop(nil)
	enginetest.Await(t, "the end", made[0].Done())
	if now := p.Totals(); now.Refused != 2 || now.Playing.Connecting != 2 || now.Playing.Connections["stopped"] != 1 {
		t.Errorf("totals: %+v", now)
	}
	peer, err := offer(other)
	if err != nil {
		t.Errorf("after one has gone: %v", err)
	} else {
		made = append(made, peer)
	}
	for _, peer := range made {
		peer.Stop(nil)
		<-peer.Done()
	}
	if len(p.peers) != 0 || p.connecting != 0 || len(p.clients) != 0 || p.making != 0 {
		t.Errorf("left: %d peers, %d connecting, %v, %d in the making", len(p.peers), p.connecting, p.clients, p.making)
	}
}

// All that one host has are counted, also once they are connected; of IPv6 it has a /64.
func TestBoundsOnPeersOfOne(t *testing.T) {
	p, text := crowd(t, Settings{MaxPeersOfOne: 1})
	offer := func(client string) (*Peer, error) {
		return p.Player(t.Context(), Offer{SDP: text, Client: netip.MustParseAddr(client)})
	}
	for _, c := range []struct{ first, same, other string }{
		{"192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2"}, {"2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1"},
	} {
		first, err := offer(c.first)
		if err != nil {
			t.Fatal(err)
		}
		p.arrived(first)
		if _, err := offer(c.same); fault.CodeOf(err) != fault.Overloaded {
			t.Errorf("%s after %s: %v", c.same, c.first, err)
		}
		other, err := offer(c.other)
		if err != nil {
			t.Fatal(err)
		}
		for _, peer := range []*Peer{first, other} {
			peer.Stop(nil)
			<-peer.Done()
		}
	}
	if len(p.clients) != 0 || p.connecting != 0 {
		t.Errorf("left: %v, %d connecting", p.clients, p.connecting)
	}
}

// Clients that come while the server stops are refused, or stopped, and nothing is left of them.
func TestCloseWhilePeersAreMade(t *testing.T) {
	for range 50 {
		p, text := crowd(t, Settings{})
		var work sync.WaitGroup
		for range 4 {
			work.Go(func() {
				peer, err := p.Player(t.Context(), Offer{SDP: text})
				if err != nil {
					if fault.CodeOf(err) != fault.Closed {
						t.Error(err)
					}
					return
				}
				peer.Stop(nil)
				<-peer.Done()
			})
		}
		if err := p.Close(t.Context()); err != nil {
			t.Error(err)
		}
		work.Wait()
	}
}
