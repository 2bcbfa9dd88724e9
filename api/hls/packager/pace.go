package packager

import (
	"math"
	"slices"
	"time"
)

// pace decides how long parts are. Only whole pictures go into them, so that neither the wished length nor the 85 % of it that a
// part must last at least (4.4.3.7) suits every rate of pictures: 24 a second make 167 or 208 ms. Hence a part is that number
// of pictures which comes nearest to the wish, and what is announced is that length with equal room for jitter on both sides.
type pace struct {
	wish  time.Duration // 0: no parts
	goal  time.Duration // of a part
	limit time.Duration // of a part, which is announced; 0 until it is settled
	frame time.Duration // how long a picture lasts, the median of the last ones
	last  []time.Duration
}

const (
	floor  = 0.85  // of the limit, which parts last at least
	centre = 0.925 // of the limit, where the goal is: in the middle between floor and 1
)

// remembered is how many pictures count: one that is late, or the first one after an encoder began, says nothing of the rate.
const remembered = 9

// observe takes how long a picture lasted. Until the limit is settled the goal follows.
func (p *pace) observe(lasted time.Duration) {
	if lasted <= 0 {
		return
	}
	if len(p.last) == remembered {
		copy(p.last, p.last[1:])
		p.last = p.last[:remembered-1]
	}
	p.last = append(p.last, lasted)
	var sorted [remembered]time.Duration
	n := copy(sorted[:], p.last)
	slices.Sort(sorted[:n])
	p.frame = sorted[n/2]
	if p.wish > 0 && p.limit == 0 {
		p.aim(p.wish)
	}
}

// aim sets the goal to whole pictures, nearest to a length.
func (p *pace) aim(length time.Duration) {
	k := max(1, math.Round(float64(length)/float64(p.frame)))
	p.goal = time.Duration(k * float64(p.frame))
}

// settle fixes what is announced, with the first part's length: when that ended, less was known of the rate.
func (p *pace) settle(first time.Duration) {
	if p.over(first) && p.limit == 0 && p.frame > 0 {
		p.aim(first)
	}
	if p.limit = p.ceiling(); p.limit > 0 {
		p.limit = max(p.limit, first)
	}
}

// ceiling is what parts must not last longer than; 0 if that is not known.
func (p *pace) ceiling() time.Duration {
	if p.limit > 0 || p.wish == 0 {
		return p.limit
	}
	return (time.Duration(float64(p.goal)/centre) + time.Millisecond - 1).Truncate(time.Millisecond)
}

// full tells whether a part of a length is long enough.
func (p *pace) full(length time.Duration) bool {
	if p.wish == 0 || p.goal == 0 {
		return false
	}
	return length >= p.goal-p.frame/2 && float64(length) >= floor*float64(p.ceiling())
}

// over tells whether a part of a length is too long.
func (p *pace) over(length time.Duration) bool {
	ceiling := p.ceiling()
	return ceiling > 0 && length > ceiling
}
