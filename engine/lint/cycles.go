package lint

import (
	"slices"
	"strings"

	"sluice/engine/element"
)

// circles reports links that lead back to where they came from. It goes from port to port and into fragments: a seat
// that both hears and speaks is no circle unless what it hears comes out again.
func (g *graph) circles() {
	d := descent{graph: g, state: map[*port]visit{}}
	for _, n := range g.nodes {
		for _, p := range n.side(element.Sink) {
			d.into(p)
		}
	}
}

// visit is how far a descent has come with a port.
type visit uint8

const (
	unseen visit = iota
	open         // on the way that led here
	done
)

// descent is a depth-first walk over the sink ports of a graph.
type descent struct {
	*graph
	state map[*port]visit
	trail []step
}

// step is a port on the way, and the wire that leads on from it.
type step struct {
	port *port
	wire *wire
}

func (d *descent) into(p *port) {
	if d.state[p] != unseen {
		return
	}
	d.state[p] = open
	passes := d.through(p)
	for _, w := range p.node.out {
		if w.from.node == w.to.node {
			continue // reported as self_link, or between the instances of an `each` node
		}
		for _, q := range w.pairs {
			if !passes(q.from) {
				continue
			}
			d.trail = append(d.trail, step{p, w})
			if d.state[q.to] == open {
				d.closed(q.to)
			} else {
				d.into(q.to)
			}
			d.trail = d.trail[:len(d.trail)-1]
		}
	}
	d.state[p] = done
}

// closed reports the circle that ends where it began, at the port.
func (d *descent) closed(at *port) {
	i := slices.IndexFunc(d.trail, func(s step) bool { return s.port == at })
	var way []string
	for _, s := range d.trail[max(i, 0):] {
		way = append(way, s.port.node.Name.Text)
	}
	way = append(way, at.node.Name.Text)
	last := d.trail[len(d.trail)-1].wire
	d.at(last.to.hop.Pos, "cycle", "the links run in a circle: %s", strings.Join(way, " -> ")).
		Advise("media cannot flow back; remove one of these links")
}

// maxExports bounds the fragments whose inside is looked at for circles.
const maxExports = 256

// through tells by which source ports of its node may leave what enters a sink port: by any of an element's, and by those
// of a fragment that the port leads to inside.
func (c *check) through(p *port) func(*port) bool {
	if p.inner == nil {
		return func(*port) bool { return true }
	}
	reached, known := c.media.reached[p.inner]
	if !known {
		reached = map[*port]bool{}
		c.media.reached[p.inner] = reached
		if g := p.inner.node.graph; len(g.offers) <= maxExports {
			c.reach(p.inner, map[*port]bool{}, reached)
		}
	}
	return func(q *port) bool { return reached[q.inner] }
}

// reach collects the exported source ports of a fragment behind a sink port.
func (c *check) reach(p *port, seen, found map[*port]bool) {
	if seen[p] {
		return
	}
	seen[p] = true
	passes := c.through(p)
	for _, q := range p.node.ports {
		if q.Dir == element.Source && p.node.exported(q) && passes(q) {
			found[q] = true
		}
	}
	for _, w := range p.node.out {
		for _, pr := range w.pairs {
			if passes(pr.from) {
				c.reach(pr.to, seen, found)
			}
		}
	}
}
