//go:build cgo && !nogst

package pipeline

import (
	"slices"

	"sluice/engine/gst/pass"
	"sluice/engine/gst/shim"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// watch counts what a link carries where that is worth knowing: what leaves a node, what enters a sink, what enters and
// leaves a queue.
func (l *Pipeline) watch(w *wire) {
	if w.from.Role == plan.RoleQueue || w.from.inlet != nil || w.leaves() {
		told := l.told(w.from)
		told.Empty = func() { l.dries(w) }
		w.left = shim.CountPad(w.src, told)
	}
	if w.to.Role == plan.RoleQueue || w.to.sink {
		w.came = shim.CountPad(w.dst, l.told(w.to))
	}
	for node, see := range l.around.Taps() {
		l.tap(w, node, see)
	}
}

// dries takes note that a link is at its end and has carried nothing: what it feeds gets no pads any more, though decodebin3 does
// not say so.
func (l *Pipeline) dries(w *wire) {
	l.mu.Lock()
	waits := slices.ContainsFunc(l.delayed, func(k *plan.Link) bool { return k.From.Of == w.to.Name })
	if waits {
		w.to.dry = true
		l.whole = append(l.whole, w.to.Name)
	}
	l.mu.Unlock()
	if waits {
		l.rouse()
		l.around.News(News{Of: l, Kind: Whole})
	}
}

// leaves tells whether the link leads out of its node. The compiler's queues and guards count as part of the node they stand
// before, its tees as part of the node they follow.
func (w *wire) leaves() bool {
	switch w.from.Role {
	case plan.RoleNode, plan.RolePart:
		return w.to.Node != w.from.Node || w.to.Role == plan.RoleTee
	}
	return false
}

// told is what takes note of an element's first unit and of its end: nothing for a queue, whose node has given what it gives, and for
// what a host feeds, as it knows that itself. A guest who joins a room brings a queue, which is a thread, for each mix that he is heard in.
func (l *Pipeline) told(e *elem) shim.Told {
	if e.Role == plan.RoleQueue || e.inlet != nil {
		return shim.Told{}
	}
	return shim.Told{First: func() { l.saw(e, false) }, Ended: func() { l.saw(e, true) }}
}

// saw takes note of a first unit and of an end, on the streaming thread. What is taken out ends because it is. A node gives its
// first unit once, whatever it is made of.
func (l *Pipeline) saw(e *elem, ended bool) {
	l.mu.Lock()
	known := ended && e.leaving
	for _, o := range l.elems {
		known = known || !ended && o.Node == e.Node && o.gave
	}
	e.gave = true
	l.mu.Unlock()
	switch {
	case known:
	case ended:
		l.around.News(News{Of: l, Kind: Ends, Node: e.Node})
	default:
		l.around.News(News{Of: l, Kind: Gives, Node: e.Node})
	}
}

// Over tells whether everything that leaves a node in this pipeline, or enters it if it is a sink, is at its end.
func (l *Pipeline) Over(node string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range l.wires {
		if w.from.Node == node && w.leaves() && w.left != nil && !w.left.Tally().Ended {
			return false
		}
		if w.to.Node == node && w.to.sink && w.came != nil && !w.came.Tally().Ended {
			return false
		}
	}
	return true
}

// Gave tells whether a node has given anything in this pipeline.
func (l *Pipeline) Gave(node string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.elems {
		if e.Node == node && e.gave {
			return true
		}
	}
	return false
}

// Tap looks at what leaves a node, or enters it if it is a sink.
func (l *Pipeline) Tap(node string, see func(run.Passed)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range l.wires {
		l.tap(w, node, see)
	}
}

// tap looks at a link if it leads out of the node, or into it if it is a sink.
func (l *Pipeline) tap(w *wire, node string, see func(run.Passed)) {
	switch {
	case w.from.Node == node && w.leaves():
		pass.Tap(w.src, w.from.tapped(see))
	case w.to.Node == node && w.to.sink:
		pass.Tap(w.dst, w.to.tapped(see))
	}
}

// tapped tells pads of a node apart that is made of several elements: all of those have a "src" or a "sink".
func (e *elem) tapped(see func(run.Passed)) func(run.Passed) {
	if e.Role != plan.RolePart {
		return see
	}
	return func(p run.Passed) {
		p.Pad = e.Name + "." + p.Pad
		see(p)
	}
}
