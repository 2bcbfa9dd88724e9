package lint

import (
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/spec"
	"sluice/engine/value"
)

// queueValues checks the values of a queue.
func (g *graph) queueValues(q *spec.Queue) {
	if q == nil {
		return
	}
	buffers := value.Constraint{Type: value.Int, Min: int64(1), Max: int64(100_000)}
	g.value(q.Time, duration(0), setting{what: `"time" of the queue`, code: "bad_queue"})
	g.value(q.Buffers, buffers, setting{what: `"buffers" of the queue`, code: "bad_queue"})
	if !q.Time.Set() && !q.Buffers.Set() && !q.Drop.Set() {
		g.at(q.Pos, "bad_queue", "the queue says nothing").Advise("give time, buffers or drop, or leave it out")
	}
}

// drops warns of queues that drop what is between key frames: one lost frame of coded video breaks the picture until
// the next key frame. Reader queues in the hub drop to a key frame instead.
func (g *graph) drops() {
	for _, w := range g.wires {
		g.drop(w.link.Queue, w)
	}
	for _, n := range g.nodes {
		g.drop(n.Queue, n.in...)
	}
}

func (g *graph) drop(q *spec.Queue, wires ...*wire) {
	if q == nil || !q.Drop.Set() || q.Drop.Text == "never" {
		return
	}
	for _, w := range wires {
		for _, p := range w.pairs {
			if p.kinds == setOf([]media.Kind{media.Video}) && g.codedOver(w, p) {
				g.at(q.Drop.Pos, "drop_in_encoded", "dropping coded video before %q breaks the picture until the next key frame", w.to.hop.Node).
					Advise("drop raw video before the encoder, or leave dropping to the hub's readers")
				return
			}
		}
	}
}

// codedOver tells whether what flows between two ports is surely coded.
func (c *check) codedOver(w *wire, p pair) bool {
	have := c.comesOut(p.from, 0)
	for _, h := range w.caps {
		have = c.meet(have, c.capsOf(h.Caps.Text))
	}
	have = c.meet(have, c.capsOf(p.to.root().Caps))
	raw := c.capsOf(element.RawCaps(media.Video) + "(ANY)")
	return have.err == nil && !have.caps.IsAny() && c.clash(have, raw) != ""
}
