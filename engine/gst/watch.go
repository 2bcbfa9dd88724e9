//go:build cgo && !nogst

package gst

import (
	"sluice/engine/fault"
	"sluice/engine/gst/pass"
	"sluice/engine/gst/shim"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// watch counts what a link carries where that is worth knowing: what leaves a node, what enters a sink, what enters and
// leaves a queue.
func (l *pipeline) watch(w *wire) {
	if w.from.Role == plan.RoleQueue || w.from.inlet != nil || w.leaves() {
		w.left = shim.CountPad(w.src.Unsafe(), func(ended bool) { l.saw(w.from, ended) })
	}
	if w.to.Role == plan.RoleQueue || w.to.sink {
		w.came = shim.CountPad(w.dst.Unsafe(), func(ended bool) { l.saw(w.to, ended) })
	}
	l.rt.mu.Lock()
	defer l.rt.mu.Unlock()
	for node, see := range l.rt.taps {
		l.tap(w, node, see)
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

// saw takes note of a first unit and of an end, on the streaming thread. What a host feeds it knows itself.
func (l *pipeline) saw(e *elem, ended bool) {
	if e.Role != plan.RoleQueue && e.inlet == nil {
		l.rt.notes.put(note{line: l, element: e.Name, first: !ended, ended: ended})
	}
}

// Tap implements run.Tapper.
func (r *Runtime) Tap(node string, see func(run.Passed)) error {
	lines := r.playing()
	r.mu.Lock()
	defer r.mu.Unlock()
	found := false
	if r.plan != nil {
		for _, n := range r.plan.Nodes {
			found = found || n.Name == node && n.Pipeline != ""
		}
	}
	if !found {
		return fault.New(fault.ResourceNotFound, node, "there is no node of that name in GStreamer")
	}
	r.taps[node] = see
	for _, l := range lines {
		l.mu.Lock()
		for _, w := range l.wires {
			l.tap(w, node, see)
		}
		l.mu.Unlock()
	}
	return nil
}

// tap looks at a link if it leads out of the node, or into it if it is a sink.
func (l *pipeline) tap(w *wire, node string, see func(run.Passed)) {
	switch {
	case w.from.Node == node && w.leaves():
		pass.Tap(w.src.Unsafe(), w.from.tapped(see))
	case w.to.Node == node && w.to.sink && w.to.Role != plan.RoleDrain:
		pass.Tap(w.dst.Unsafe(), w.to.tapped(see))
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
