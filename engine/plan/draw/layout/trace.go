package layout

import "slices"

// trace writes down where everything went.
func (n *net) trace(g Graph, r rows, c columns, back []bool) Drawing {
	t := tracer{n: n, r: r, c: c}
	if len(n.frames) > 0 {
		t.dx, t.dy = margin, margin-r.frames[0].top
	}
	d := Drawing{Size: Size{c.total + 2*margin, r.frames[0].bottom - r.frames[0].top + 2*margin}}
	for v := range n.boxes {
		d.Boxes = append(d.Boxes, t.vertex(v))
	}
	for f := range g.Frames {
		d.Frames = append(d.Frames, t.frame(f+1))
	}
	for e := range g.Edges {
		route := t.route(n.ways[e])
		if route.Back = back[e]; route.Back {
			slices.Reverse(route.Points)
		}
		d.Edges = append(d.Edges, route)
	}
	return d
}

type tracer struct {
	n      *net
	r      rows
	c      columns
	dx, dy int
}

// vertex lies in the middle of its column.
func (t *tracer) vertex(v int) Rect {
	u := &t.n.vertices[v]
	return Rect{t.dx + t.c.left[u.layer] + (t.c.width[u.layer]-u.W)/2, t.dy + t.r.top[v], u.W, u.H}
}

func (t *tracer) frame(f int) Rect {
	fr := &t.n.frames[f]
	if fr.last < fr.first {
		return Rect{}
	}
	left := t.c.left[fr.first] - framePad*t.c.before[f]
	right := t.c.left[fr.last] + t.c.width[fr.last] + framePad*t.c.after[f]
	band := t.r.frames[f]
	return Rect{t.dx + left, t.dy + band.top, right - left, band.bottom - band.top}
}

// route follows segments: level through columns, from one height to the next only between them.
func (t *tracer) route(way []int) Route {
	var out Route
	for k, s := range way {
		seg := &t.n.segments[s]
		from, to := t.vertex(seg.from), t.vertex(seg.to)
		if k == 0 {
			out.add(from.X+from.W, from.Y+seg.fromPort)
		}
		out.add(t.right(seg.from), from.Y+seg.fromPort)
		out.add(t.left(seg.to), to.Y+seg.toPort)
		if k == len(way)-1 {
			out.add(to.X, to.Y+seg.toPort)
		}
		if t.n.vertices[seg.to].label {
			out.Label = to
		}
	}
	return out
}

func (t *tracer) left(v int) int { return t.dx + t.c.left[t.n.vertices[v].layer] }
func (t *tracer) right(v int) int {
	l := t.n.vertices[v].layer
	return t.dx + t.c.left[l] + t.c.width[l]
}

// add appends a point unless it is where the last one is, or straight on from the last two.
func (r *Route) add(x, y int) {
	k := len(r.Points)
	switch {
	case k > 0 && r.Points[k-1] == (Point{x, y}):
		return
	case k > 1 && r.Points[k-1].Y == y && r.Points[k-2].Y == y:
		r.Points[k-1].X = x
		return
	}
	r.Points = append(r.Points, Point{x, y})
}
