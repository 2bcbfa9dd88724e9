package layout

import "slices"

// rows is the height at which everything lies.
type rows struct {
	top    []int // of vertices
	frames []band
}

type band struct{ top, bottom int }

// fanOut orders the ends of edges at each vertex as their other ends lie, spaces them evenly, and makes boxes high
// enough for them.
func (n *net) fanOut() {
	for v := range n.vertices {
		u := &n.vertices[v]
		far := func(a, b int) int {
			return n.vertices[n.segments[a].from+n.segments[a].to-v].place - n.vertices[n.segments[b].from+n.segments[b].to-v].place
		}
		slices.SortStableFunc(u.left, far)
		slices.SortStableFunc(u.right, far)
		if n.isBox(v) {
			u.H = max(u.H, portGap*(max(len(u.left), len(u.right))+1))
		}
		for k, s := range u.left {
			n.segments[s].toPort = u.H * (k + 1) / (len(u.left) + 1)
		}
		for k, s := range u.right {
			n.segments[s].fromPort = u.H * (k + 1) / (len(u.right) + 1)
		}
	}
}

// bends is what weights are multiplied by, to leave room for small differences.
const bends = 256

// rower collects what must hold between heights: first those of the vertices, then top and bottom of each frame, then a
// helper for each segment, which lies above both of its ends and is drawn to both, so that they are drawn together.
type rower struct {
	n      *net
	limits []limit
}

// rows finds the heights that keep everything apart and edges as straight as can be, long ones most of all.
func (n *net) rows() rows {
	r := rower{n: n}
	for f := range n.frames {
		fr := &n.frames[f]
		if fr.last < fr.first {
			continue
		}
		pull := 1
		if f == 0 {
			pull = 0
		}
		r.limit(r.top(f), r.bottom(f), 0, pull)
		for l := fr.first; l <= fr.last; l++ {
			r.stack(f, l)
		}
	}
	points := len(n.vertices) + 2*len(n.frames)
	for s := range n.segments {
		seg := &n.segments[s]
		weight := n.firmness(seg)
		r.limit(points+s, seg.from, -seg.fromPort, weight)
		r.limit(points+s, seg.to, -seg.toPort, weight)
	}
	at := solve(points+len(n.segments), r.limits)
	out := rows{top: at[:len(n.vertices)], frames: make([]band, len(n.frames))}
	for f := range n.frames {
		out.frames[f] = band{at[r.top(f)], at[r.bottom(f)]}
	}
	return out
}

func (r *rower) top(f int) int    { return len(r.n.vertices) + 2*f }
func (r *rower) bottom(f int) int { return r.top(f) + 1 }

func (r *rower) limit(from, to, least, weight int) {
	r.limits = append(r.limits, limit{from, to, least, weight})
}

// firmness is what it costs a segment to fall or rise by a pixel: like dot, eight times as much in the middle of an edge
// and twice as much at its end as between two boxes. Small differences decide where a chain bends if it must: where it
// forks or joins others, else as late as can be, but once.
func (n *net) firmness(s *segment) int {
	weight := s.weight * bends
	switch {
	case !n.isBox(s.from) && !n.isBox(s.to):
		weight *= 8
	case !n.isBox(s.from) || !n.isBox(s.to):
		weight *= 2
	}
	from, to := &n.vertices[s.from], &n.vertices[s.to]
	if len(from.right) > 1 || len(to.left) > 1 {
		weight -= bends / 4
	}
	return weight - min(from.layer, bends/4-1)
}

// stack keeps what a frame holds in a layer in order and apart.
func (r *rower) stack(f, layer int) {
	point, extent := r.top(f), r.n.inset(f)
	above := none // the gap that what is above asks for
	for _, i := range r.n.items[f][layer] {
		gap := r.n.gap(i)
		if above == none {
			gap, above = 0, gap
		} else {
			gap, above = max(gap, above), gap
		}
		if i.isFrame() {
			r.limit(point, r.top(i.frame()), extent+gap, 0)
			point, extent = r.bottom(i.frame()), 0
			continue
		}
		r.limit(point, i.vertex(), extent+gap, 0)
		point, extent = i.vertex(), r.n.vertices[i.vertex()].H
	}
	if f > 0 {
		extent += framePad
	}
	r.limit(point, r.bottom(f), extent, 0)
}

// inset is the room between a frame's top and what is in it.
func (n *net) inset(f int) int {
	if f == 0 {
		return 0
	}
	return n.frames[f].title.H + framePad
}

// gap is the room an item wants above and below.
func (n *net) gap(i item) int {
	switch {
	case i.isFrame():
		return frameGap
	case n.isBox(i.vertex()) || n.vertices[i.vertex()].label:
		return boxGap
	}
	return wireGap
}
