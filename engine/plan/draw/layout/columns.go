package layout

import "slices"

// columns is where each layer lies.
type columns struct {
	left, width []int
	total       int
	before      []int // by frame: how many frames begin in its first layer, with it, down to the innermost
	after       []int // how many end in its last
}

// columns gives each layer the width of its widest vertex, and the gaps what the frames and the edges in them need.
func (n *net) columns(r rows) columns {
	c := columns{
		left: make([]int, n.layers), width: make([]int, n.layers), before: make([]int, len(n.frames)), after: make([]int, len(n.frames)),
	}
	n.nesting(&c)
	for v := range n.vertices {
		u := &n.vertices[v]
		c.width[u.layer] = max(c.width[u.layer], u.W)
	}
	opens, closes := make([]int, n.layers), make([]int, n.layers)
	for f := 1; f < len(n.frames); f++ {
		if fr := &n.frames[f]; fr.last >= fr.first {
			opens[fr.first] = max(opens[fr.first], c.before[f])
			closes[fr.last] = max(closes[fr.last], c.after[f])
		}
	}
	gaps := make([]int, n.layers)
	for l := range gaps {
		gaps[l] = columnGap + framePad*closes[l]
		if l+1 < n.layers {
			gaps[l] += framePad * opens[l+1]
		}
	}
	for l, rise := range n.rises(r) {
		gaps[l] += min(rise/6, steepest)
	}
	n.fitTitles(&c, gaps)
	if n.layers > 0 {
		c.total = framePad * opens[0]
		for l := range gaps {
			c.left[l] = c.total
			c.total += c.width[l] + gaps[l]
		}
		c.total -= columnGap
	}
	return c
}

// nesting counts the frames that begin and end together, inner ones first.
func (n *net) nesting(c *columns) {
	for _, f := range n.innerFirst() {
		c.before[f], c.after[f] = 1, 1
		for _, k := range n.frames[f].kids {
			if n.frames[k].first == n.frames[f].first {
				c.before[f] = max(c.before[f], c.before[k]+1)
			}
			if n.frames[k].last == n.frames[f].last {
				c.after[f] = max(c.after[f], c.after[k]+1)
			}
		}
	}
}

func (n *net) innerFirst() []int {
	order := make([]int, len(n.frames))
	for f := range order {
		order[f] = f
	}
	slices.SortStableFunc(order, func(a, b int) int { return n.frames[b].depth - n.frames[a].depth })
	return order
}

// rises finds how far edges rise or fall behind each layer.
func (n *net) rises(r rows) []int {
	out := make([]int, n.layers)
	for s := range n.segments {
		seg := &n.segments[s]
		l := n.vertices[seg.from].layer
		out[l] = max(out[l], abs(r.top[seg.from]+seg.fromPort-r.top[seg.to]-seg.toPort))
	}
	return out
}

// fitTitles widens the columns of frames that are narrower than their titles.
func (n *net) fitTitles(c *columns, gaps []int) {
	for _, f := range n.innerFirst() {
		fr := &n.frames[f]
		if f == 0 || fr.last < fr.first {
			continue
		}
		have := framePad * (c.before[f] + c.after[f])
		for l := fr.first; l <= fr.last; l++ {
			have += c.width[l]
			if l < fr.last {
				have += gaps[l]
			}
		}
		lacks, span := fr.title.W+2*framePad-have, fr.last-fr.first+1
		for l := fr.first; lacks > 0 && l <= fr.last; l++ {
			c.width[l] += (lacks + span - 1) / span
		}
	}
}
