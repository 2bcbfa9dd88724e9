package webrtc

import (
	"cmp"
	"net/netip"

	"sluice/engine/fault"
)

// How many peers there may be if the settings say nothing. Making a peer costs a client one message and us some 150 KB and ten
// goroutines until it is connected or ICETimeout is over, so those that are not connected yet are bounded more narrowly, and for
// each client address, or one could keep out all others.
const (
	mostPeers      = 20_000
	mostConnecting = 2_000
	mostOfOne      = 256 // connecting, from one address
	mostPeersOfOne = 2_000
)

// bounded fills in the bounds that are not set.
func (s Settings) bounded() Settings {
	s.MaxPeers = cmp.Or(s.MaxPeers, mostPeers)
	s.MaxConnecting = cmp.Or(s.MaxConnecting, mostConnecting)
	s.MaxConnectingOfOne = cmp.Or(s.MaxConnectingOfOne, mostOfOne)
	s.MaxPeersOfOne = cmp.Or(s.MaxPeersOfOne, mostPeersOfOne)
	return s
}

// tally is what one client has.
type tally struct{ connecting, all int }

// household is whom a client's peers are counted for: an IPv6 host has all addresses of a /64 (RFC 7934), so it is that.
func household(client netip.Addr) netip.Prefix {
	client = client.Unmap().WithZone("")
	bits := 32
	if client.Is6() {
		bits = 64
	}
	p, _ := client.Prefix(bits) // of no address, none
	return p
}

// admit counts a peer that is about to be made. Each has to be followed by enter or refuse.
func (p *Peers) admit(client netip.Addr) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	has := p.clients[household(client)]
	busy := func(what string) error {
		p.ledger.refused++
		return fault.New(fault.Overloaded, "webrtc", "%s", what).Advise("try again in some seconds")
	}
	switch {
	case p.closed:
		return fault.New(fault.Closed, "webrtc", "the server stops")
	case len(p.peers)+p.making >= p.set.MaxPeers:
		return busy("there are as many peers as the server may have")
	case p.connecting >= p.set.MaxConnecting:
		return busy("too many peers are connecting at the moment")
	case client.IsValid() && has.connecting >= p.set.MaxConnectingOfOne:
		return busy("too many peers of this address are connecting at the moment")
	case client.IsValid() && has.all >= p.set.MaxPeersOfOne:
		return busy("there are as many peers of this address as it may have")
	}
	p.making++
	p.count(client, 1, 1)
	return nil
}

// count counts those that are not connected, and all of a client. The caller holds p.mu.
func (p *Peers) count(client netip.Addr, connecting, all int) {
	p.connecting += connecting
	at := household(client)
	has := p.clients[at]
	has.connecting += connecting
	has.all += all
	if p.clients[at] = has; has == (tally{}) {
		delete(p.clients, at)
	}
}

// refuse takes back the admission of a peer that could not be made; its link may have ended before.
func (p *Peers) refuse(peer *Peer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.making--
	p.strike(peer)
}

// enter puts an admitted peer on the list, unless it has ended meanwhile. False means that the server stops, and so must the
// peer.
func (p *Peers) enter(peer *Peer) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.making--
	if !peer.gone {
		p.peers[peer] = struct{}{}
	}
	return !p.closed
}

// arrived notes that a peer is connected.
func (p *Peers) arrived(peer *Peer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	peer.entry().arrived(peer)
	p.settle(peer)
}

// leave takes a peer that has ended off the list.
func (p *Peers) leave(peer *Peer, reason error) {
	last, sent := peer.Counts(), peer.sentToo()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !peer.gone {
		peer.entry().gone(peer, last, reason)
		players := &p.ledger.sides[1]
		players.past = players.past.plus(sent)
	}
	p.strike(peer)
}

// strike counts a peer, once, as gone. The caller holds p.mu.
func (p *Peers) strike(peer *Peer) {
	if !peer.gone {
		peer.gone = true
		p.count(peer.asked.Client, 0, -1)
	}
	delete(p.peers, peer)
	p.settle(peer)
}

// settle counts a peer, once, as one that no longer tries to connect. The caller holds p.mu.
func (p *Peers) settle(peer *Peer) {
	if !peer.settled {
		peer.settled = true
		p.count(peer.asked.Client, -1, 0)
	}
}
