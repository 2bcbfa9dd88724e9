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
	told netip.AddrPort
	to   netip.AddrPort
	last time.Time // when something came from there; zero if nothing did
}

// tell takes what a new description says. If it says the same as before, what was learnt stays.
func (l *latch) tell(told netip.AddrPort) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if told == l.told && told.IsValid() {
		return
	}
	l.told, l.last = told, time.Time{}
	if told.IsValid() {
		l.to = told
	}
}

// admits tells whether something that came from an address may be the far end's.
func (l *latch) admits(from netip.AddrPort, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case from == l.to:
		return true
	case from.Addr() != l.told.Addr() && !l.trusted(from.Addr()):
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
