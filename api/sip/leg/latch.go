package leg

import (
	"net/netip"
	"sync"
	"time"
)

// relatch is how long the far end has been silent at one place before another one of its places is believed.
const relatch = time.Second

// latch knows where the far end is: where its description says, or where its packets come from (symmetric RTP, RFC 4961), as behind NAT
// only that works. Only addresses are believed that the far end has been known by before, at any port. Safe for concurrent use.
type latch struct {
	trusted func(netip.Addr) bool

	mu   sync.Mutex
	said netip.AddrPort // by its description
	told netip.Addr     // where it may be by that
	to   netip.AddrPort // not valid as long as nobody knows
	last time.Time      // when something came from there; zero if nothing did
	left netip.AddrPort // where another far end was before
}

// tell takes what a new description says, and where media may go by that: there, or nowhere before something comes. If it says the same as
// before, what was learnt stays, and so it does if it says no place at all, as descriptions do that hold.
func (l *latch) tell(said, to netip.AddrPort) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if said == l.said || !said.IsValid() || said.Addr().IsUnspecified() {
		return
	}
	l.said, l.told, l.to, l.last = said, to.Addr(), to, time.Time{}
}

// forget is for another far end: it is nowhere before it is told or heard of, and not where the one before was, unless it says so.
func (l *latch) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left = l.to
	l.said, l.told, l.to, l.last = netip.AddrPort{}, netip.Addr{}, netip.AddrPort{}, time.Time{}
}

// admits tells whether something that came from an address may be the far end's.
func (l *latch) admits(from netip.AddrPort, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case from == l.to:
		return true
	case from == l.left, from.Addr() != l.told && !l.trusted(from.Addr()):
		return false
	}
	return l.last.IsZero() || now.Sub(l.last) > relatch
}

// learn notes that what came was the far end's.
func (l *latch) learn(from netip.AddrPort, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.to, l.last = from, now
}

// at is where the far end is; not valid as long as nobody knows.
func (l *latch) at() netip.AddrPort {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to
}
