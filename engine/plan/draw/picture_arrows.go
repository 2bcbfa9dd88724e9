package draw

import (
	"strings"

	"sluice/engine/plan"
)

// arrow adds an arrow between two boxes, if both are there.
func (d *depicter) arrow(from, to string, a arrow) {
	f, ok1 := d.boxOf[from]
	t, ok2 := d.boxOf[to]
	if !ok1 || !ok2 {
		return
	}
	a.from, a.to = f, t
	a.lazy = a.lazy || d.boxes[f].lazy || d.boxes[t].lazy
	d.arrows = append(d.arrows, a)
}

func (d *depicter) flow(f plan.Flow) {
	a := arrow{look: lookGo, tip: hint(place(f.From), place(f.To), medium(f.Format), f.Optional), optional: f.Optional, lazy: f.Branch != ""}
	if f.Fallback {
		a.label, a.optional = "fallback", true
	}
	d.arrow(nodeKey(f.From.Of), nodeKey(f.To.Of), a)
}

func (d *depicter) bridge(b plan.Bridge) {
	what := medium(b.Format)
	a := arrow{look: lookBridge, label: what, optional: b.Optional || b.Fallback}
	if b.Fallback {
		a.label = strings.TrimSpace(what + " fallback")
	}
	from, to := nodeKey(b.Node.Of), elementKey(b.Name)
	a.tip = hint(place(b.Node), b.Name, what, b.Optional)
	if b.Direction == plan.OutOfGst {
		from, to = to, from
		a.tip = hint(b.Name, place(b.Node), what, b.Optional)
	}
	d.arrow(from, to, a)
}

func (d *depicter) links(l *plan.Pipeline) {
	for i := range l.Links {
		m := &l.Links[i]
		b := branchOf(l, m.Branch)
		tip := []string{hint(place(m.From), place(m.To), m.Caps, m.Optional)}
		if m.Delayed {
			tip = append(tip, "linked when the pad appears")
		}
		a := arrow{look: lookGst, lazy: l.Lazy || b.Kind == plan.Lazy, optional: m.Optional}
		if m.EachOther {
			a.label = "to all others"
		}
		tip = append(tip, allSettings(m.PadProps)...)
		a.tip = strings.Join(tip, "\n")
		d.arrow(elementKey(m.From.Of), elementKey(m.To.Of), a)
	}
}

// hint says in a line what an arrow is.
func hint(from, to, what string, optional bool) string {
	text := from + " → " + to
	if what != "" {
		text += ": " + what
	}
	if optional {
		text += " (may never appear)"
	}
	return text
}
