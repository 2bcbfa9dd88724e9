package webrtc

import (
	"maps"
	"sync"

	"sluice/engine/fault"
	"sluice/engine/stat"
)

const (
	// Connected is the result of those who connected, in Side.Connections.
	Connected = "connected"
	// Stopped stands for the reason of an end that has none, in Side.Connections and Side.Ended.
	Stopped = "stopped"
)

// Totals are what all peers of a server have and have done, also those that are gone: what is counted only rises.
type Totals struct {
	Publishing, Playing Side
	Refused             uint64 // offers, because there are too many peers
}

// Side is what all publishers or all players have done. Who does both is a publisher; what such a one is sent counts among the players.
type Side struct {
	Connecting, Connected int // now
	Counts                Counts
	// Connections are the tries to connect, by what came of them: Connected, Stopped, or the code of the fault.
	Connections map[string]uint64
	// Ended are those who were connected, by the code for which they ended, or Stopped.
	Ended map[string]uint64
	// Connect is how long it took from the offer to the connection, First from the offer to the first packet of media.
	Connect, First stat.Spread
}

// ledger is what Totals are made of. The lock of Peers guards what is neither atomic nor told.
type ledger struct {
	sides   [2]ledgerSide // of publishers and players
	refused uint64

	mu   sync.Mutex
	told [2]Counts // last
}

type ledgerSide struct {
	past               Counts // of peers that are gone
	connections, ended map[string]uint64
	connect, first     stat.Durations
}

func newLedger() *ledger {
	l := &ledger{}
	for i := range l.sides {
		l.sides[i].connections, l.sides[i].ended = map[string]uint64{}, map[string]uint64{}
	}
	return l
}

// side is the part of the ledger that a peer is counted in.
func (p *Peer) side() int {
	if p.in != nil {
		return 0
	}
	return 1
}

// sentToo is what was sent to a peer that is counted as a publisher.
func (p *Peer) sentToo() Counts {
	if p.in == nil {
		return Counts{}
	}
	return p.Sent()
}

// entry is where a peer is counted.
func (p *Peer) entry() *ledgerSide { return &p.peers.ledger.sides[p.side()] }

// arrived counts a peer that is connected. The caller holds the lock of Peers.
func (s *ledgerSide) arrived(p *Peer) {
	if !p.settled {
		s.connections[Connected]++
		s.connect.Observe(p.peers.set.Clock.Now().Sub(p.made))
	}
}

// gone counts a peer that has ended, with its last counts. The caller holds the lock of Peers.
func (s *ledgerSide) gone(p *Peer, last Counts, reason error) {
	result := Stopped
	if reason != nil {
		result = string(fault.CodeOf(reason))
	}
	if p.settled {
		s.ended[result]++
	} else {
		s.connections[result]++
	}
	s.past = s.past.plus(last)
}

// plus adds what rises.
func (c Counts) plus(o Counts) Counts {
	return Counts{
		Packets: c.Packets + o.Packets, Bytes: c.Bytes + o.Bytes, VideoBits: c.VideoBits + o.VideoBits, Lost: c.Lost + o.Lost,
		Resent: c.Resent + o.Resent, NACKs: c.NACKs + o.NACKs, PLIs: c.PLIs + o.PLIs,
	}
}

// atLeast is the larger of each: what is lost is known anew with every report, and what was told is not taken back.
func (c Counts) atLeast(o Counts) Counts {
	return Counts{
		Packets: max(c.Packets, o.Packets), Bytes: max(c.Bytes, o.Bytes), VideoBits: max(c.VideoBits, o.VideoBits),
		Lost: max(c.Lost, o.Lost), Resent: max(c.Resent, o.Resent), NACKs: max(c.NACKs, o.NACKs), PLIs: max(c.PLIs, o.PLIs),
	}
}

// Totals sums up. It costs about a microsecond for each peer.
func (p *Peers) Totals() Totals {
	var sides [2]Side
	l := p.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	list, refused := p.tally(&sides)
	for _, peer := range list { // without the lock: who counts has locks of its own
		s := &sides[peer.side()]
		s.Counts = s.Counts.plus(peer.Counts())
		sides[1].Counts = sides[1].Counts.plus(peer.sentToo())
	}
	for i := range sides {
		l.told[i] = sides[i].Counts.atLeast(l.told[i])
		sides[i].Counts = l.told[i]
		sides[i].Connect, sides[i].First = l.sides[i].connect.Snapshot(), l.sides[i].first.Snapshot()
	}
	return Totals{Publishing: sides[0], Playing: sides[1], Refused: refused}
}

// tally gives what the lock guards, and the peers that there are.
func (p *Peers) tally(sides *[2]Side) (list []*Peer, refused uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range sides {
		s := &p.ledger.sides[i]
		sides[i] = Side{Counts: s.past, Connections: maps.Clone(s.connections), Ended: maps.Clone(s.ended)}
	}
	list = make([]*Peer, 0, len(p.peers))
	for peer := range p.peers {
		list = append(list, peer)
		if s := &sides[peer.side()]; peer.settled {
			s.Connected++
		} else {
			s.Connecting++
		}
	}
	return list, p.ledger.refused
}
