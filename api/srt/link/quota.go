package link

import (
	"net/netip"
	"runtime"
	"sync"
	"time"

	"sluice/engine/fault"
)

// quota is how often something costly is done. The zero quota is full.
type quota struct {
	used int
	at   time.Time
}

// left tells whether it may be done now: at most so many times at once, of which one more may follow after each span.
func (q *quota) left(now time.Time, most int, span time.Duration) bool {
	switch passed := int(now.Sub(q.at) / span); {
	case passed >= q.used:
		q.used, q.at = 0, now
	case passed > 0:
		q.used, q.at = q.used-passed, q.at.Add(time.Duration(passed)*span)
	}
	return q.used < most
}

// take tells whether a key may be opened now: once a second, and a few times more at first, as keys of fast streams follow each other
// closely (6.1.6: one is told before it is used and again when the old one is not any more).
func (q *quota) take(now time.Time) bool {
	const most = 4
	if !q.left(now, most, time.Second) {
		return false
	}
	q.used++
	return true
}

// What wrong passphrases may cost. To find that one is wrong takes about a millisecond of a processor (PBKDF2, 6.1.5), for a datagram.
const (
	freeGuesses = 5                     // of one address at once
	nextGuess   = time.Second           // after which it has one more
	allGuesses  = 100                   // of all addresses at once
	nextOfAll   = 10 * time.Millisecond // after which there is one more
)

// guesses bounds how often wrong passphrases are tried. Addresses count as for connections. Safe for concurrent use.
type guesses struct {
	opening chan struct{} // holds one for each who is about to try: as many as there are processors

	mu     sync.Mutex
	of     map[netip.Addr]*quota // of who was wrong just now
	all    quota
	tidied time.Time
}

func newGuesses() *guesses {
	return &guesses{opening: make(chan struct{}, runtime.GOMAXPROCS(0)), of: map[netip.Addr]*quota{}}
}

// try has somebody try, unless there were too many wrong ones: that is fault.Overloaded, and not tried. Those who are right count
// nothing, so that everybody may come back at once.
func (g *guesses) try(from netip.Addr, open func() error) error {
	g.opening <- struct{}{}
	defer func() { <-g.opening }()
	from = home(from)
	if !g.may(from, time.Now()) {
		return fault.New(fault.Overloaded, "", "too many wrong passphrases").Advise("wait some seconds")
	}
	err := open()
	if fault.CodeOf(err) == fault.Unauthorized {
		g.wrong(from, time.Now())
	}
	return err
}

func (g *guesses) may(from netip.Addr, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	q := g.of[from]
	return g.all.left(now, allGuesses, nextOfAll) && (q == nil || q.left(now, freeGuesses, nextGuess))
}

// wrong notes that one was wrong. There are no more addresses than can be wrong until the first of them is forgotten.
func (g *guesses) wrong(from netip.Addr, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Sub(g.tidied) >= nextGuess {
		g.tidied = now
		for a, q := range g.of {
			if q.left(now, freeGuesses, nextGuess); q.used == 0 {
				delete(g.of, a)
			}
		}
	}
	q := g.of[from]
	if q == nil {
		q = &quota{at: now}
		g.of[from] = q
	}
	q.used++
	g.all.used++
}
