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
)

// bounded fills in the bounds that are not set.
func (s Settings) bounded() Settings {
	s.MaxPeers = cmp.Or(s.MaxPeers, mostPeers)
	s.MaxConnecting = cmp.Or(s.MaxConnecting, mostConnecting)
	s.MaxConnectingOfOne = cmp.Or(s.MaxConnectingOfOne, mostOfOne)
	return s
}

// admit counts a peer that is about to be made. Each has to be followed by enter or refuse.
func (p *Peers) admit(client netip.Addr) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	busy := func(what string) error {
		return fault.New(fault.Overloaded, "webrtc", "%s", what).Advise("try again in some seconds")
	}
	switch {
	case p.closed:
		return fault.New(fault.Closed, "webrtc", "the server stops")
	case len(p.peers)+p.making >= p.set.MaxPeers:
		return busy("there are as many peers as the server may have")
	case p.connecting >= p.set.MaxConnecting:
		return busy("too many peers are connecting at the moment")
	case client.IsValid() && p.clients[client] >= p.set.MaxConnectingOfOne:
		return busy("too many peers of this address are connecting at the moment")
	}
	p.making++
	p.count(client, 1)
	return nil
}

// count counts those that are not connected. The caller holds p.mu.
func (p *Peers) count(client netip.Addr, by int) {
	p.connecting += by
	if p.clients[client] += by; p.clients[client] <= 0 {
		delete(p.clients, client)
	}
}

// refuse takes back an admission.
func (p *Peers) refuse(client netip.Addr) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.making--
	p.count(client, -1)
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
	p.settle(peer)
}

// leave takes a peer that has ended off the list.
func (p *Peers) leave(peer *Peer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	peer.gone = true
	delete(p.peers, peer)
	p.settle(peer)
}

// settle counts a peer, once, as one that no longer tries to connect. The caller holds p.mu.
func (p *Peers) settle(peer *Peer) {
	if !peer.settled {
		peer.settled = true
		p.count(peer.asked.Client, -1)
	}
}
