package hls

import (
	"sync"
	"time"
)

// proof is how long it holds that somebody may play: so soon after his token was taken away he sees nothing more.
const proof = 10 * time.Second

// proofs remember what opened streams a moment ago. The addresses of segments and parts tell nothing of the viewer, but all that opened
// the stream for him, and with low latency there are ten of them a second. Each takes about 100 bytes, whatever was shown. Safe for
// concurrent use.
type proofs struct {
	most, ofOne int

	mu   sync.Mutex
	all  map[mark]noted
	each map[string]int // by origin
}

type noted struct {
	when time.Time
	at   string // the origin that it came from first
}

func newProofs(most, ofOne int) proofs {
	return proofs{most: most, ofOne: ofOne, all: map[mark]noted{}, each: map[string]int{}}
}

// note notes what opened a stream for somebody at an origin. The zero mark is of nothing, and what is too much is not noted: it is
// looked at each time.
func (p *proofs) note(m mark, at string, now time.Time) {
	if m == (mark{}) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	one, known := p.all[m]
	if !known {
		if len(p.all) >= p.most || p.each[at] >= p.ofOne {
			return
		}
		p.each[at]++
		one.at = at
	}
	one.when = now
	p.all[m] = one
}

// hold tells whether this opened its stream a moment ago.
func (p *proofs) hold(m mark, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	one, known := p.all[m]
	return known && now.Sub(one.when) < proof
}

// sweep forgets what holds no more.
func (p *proofs) sweep(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for m, one := range p.all {
		if now.Sub(one.when) >= proof {
			delete(p.all, m)
			if p.each[one.at]--; p.each[one.at] == 0 {
				delete(p.each, one.at)
			}
		}
	}
}
