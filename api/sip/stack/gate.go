package stack

import (
	"net/netip"
	"sync"
)

// gate bounds the requests that others have us keep.
type gate struct {
	limits Limits

	mu      sync.Mutex
	open    int // without a final answer
	kept    int
	each    map[netip.Addr]int // open ones of an address
	refused uint64
}

func newGate(l Limits) *gate { return &gate{limits: l, each: map[netip.Addr]int{}} }

// Counts are of the requests that others sent.
type Counts struct {
	Open    int    // that wait for their final answer
	Kept    int    // that are kept, for they may come again, or their ACK
	Refused uint64 // for there was no room, since the beginning
}

// Counts tells how much others have us keep.
func (s *Stack) Counts() Counts {
	g := s.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	return Counts{Open: g.open, Kept: g.kept, Refused: g.refused}
}

// enter tells whether there is room for a request of somebody's.
func (g *gate) enter(from netip.Addr) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open >= g.limits.Open || g.kept >= g.limits.Kept || g.each[from] >= g.limits.OpenEach {
		g.refused++
		return false
	}
	g.open++
	g.kept++
	g.each[from]++
	return true
}

// answered tells that one that entered has its final answer.
func (g *gate) answered(from netip.Addr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open--
	if g.each[from]--; g.each[from] <= 0 {
		delete(g.each, from)
	}
}

// leave tells that one that was answered is not kept any more.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.kept--
}
