package stack

import (
	"net/netip"
	"sync"
)

// gate bounds the requests that others have us keep.
type gate struct {
	limits Limits

	mu      sync.Mutex
	all     share
	each    map[netip.Addr]share
	refused uint64
}

// share is what is kept, of all or of an address.
type share struct {
	open  int // without a final answer
	kept  int
	bytes int // of the requests, as they came
}

func (s share) add(open, kept, bytes int) share {
	return share{s.open + open, s.kept + kept, s.bytes + bytes}
}

func newGate(l Limits) *gate { return &gate{limits: l, each: map[netip.Addr]share{}} }

// Counts are of the requests that others sent.
type Counts struct {
	Open    int    // that wait for their final answer
	Kept    int    // that are kept, for they may come again, or their ACK
	Bytes   int    // of them
	Refused uint64 // for there was no room, since the beginning
}

// Counts tells how much others have us keep.
func (s *Stack) Counts() Counts {
	g := s.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	return Counts{Open: g.all.open, Kept: g.all.kept, Bytes: g.all.bytes, Refused: g.refused}
}

// enter tells whether there is room for a request of somebody's, of a length.
func (g *gate) enter(from netip.Addr, length int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	l, his := g.limits, g.each[from]
	if g.all.open >= l.Open || g.all.kept >= l.Kept || g.all.bytes+length > l.Bytes ||
		his.open >= l.OpenEach || his.kept >= l.KeptEach || his.bytes+length > l.BytesEach {
		g.refused++
		return false
	}
	g.change(from, 1, 1, length)
	return true
}

// answered tells that one that entered has its final answer.
func (g *gate) answered(from netip.Addr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.change(from, -1, 0, 0)
}

// leave tells that one that was answered is not kept any more.
func (g *gate) leave(from netip.Addr, length int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.change(from, 0, -1, -length)
}

// change counts. The caller holds the lock.
func (g *gate) change(from netip.Addr, open, kept, bytes int) {
	g.all = g.all.add(open, kept, bytes)
	if his := g.each[from].add(open, kept, bytes); his == (share{}) {
		delete(g.each, from)
	} else {
		g.each[from] = his
	}
}
