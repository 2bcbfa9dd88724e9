package trial

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"sluice/engine/expect"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// watch looks at the nodes that a test speaks of and, for drift, at what enters sinks.
type watch struct {
	taps  map[string]*tap
	drift bool
}

// tap looks at one node.
type tap struct {
	needs needs
	err   error // why it cannot be looked at
	mu    sync.Mutex
	pads  map[string]*meter
}

func newWatch(x expect.Expectations) *watch {
	w := &watch{taps: map[string]*tap{}, drift: x.Drift != nil}
	for _, n := range x.Nodes {
		w.at(n.Name).needs.add(n.Checks)
	}
	return w
}

// at is the tap of a node.
func (w *watch) at(node string) *tap {
	if w.taps[node] == nil {
		w.taps[node] = newTap()
	}
	return w.taps[node]
}

func newTap() *tap { return &tap{pads: map[string]*meter{}} }

// sinks adds the nodes where media ends, if it must be known when sound and pictures do.
func (w *watch) sinks(p *plan.Plan) {
	if !w.drift {
		return
	}
	owner := map[string]string{}
	gives := map[string]bool{}
	for _, l := range p.Pipelines {
		for _, e := range l.Elements {
			if e.Role == plan.RoleNode || e.Role == plan.RolePart {
				owner[e.Name] = e.Node
			}
		}
		for _, k := range l.Links {
			if owner[k.From.Of] != owner[k.To.Of] {
				gives[owner[k.From.Of]] = true
			}
		}
	}
	for _, node := range owner {
		if !gives[node] {
			w.at(node)
		}
	}
}

// install taps a Runtime. A node that cannot be tapped fails its own expectations only.
func (w *watch) install(rt run.Runtime) error {
	tapper, ok := rt.(run.Tapper)
	if len(w.taps) == 0 {
		return nil
	}
	if !ok {
		return fault.New(fault.Internal, "", "this runtime cannot be looked into")
	}
	for _, node := range slices.Sorted(maps.Keys(w.taps)) {
		t := w.taps[node]
		t.err = tapper.Tap(node, t.see)
	}
	return nil
}

// see takes one buffer, from any goroutine.
func (t *tap) see(p run.Passed) {
	t.mu.Lock()
	m := t.pads[p.Pad]
	if m == nil {
		m = newMeter(p.Pad, &t.needs)
		t.pads[p.Pad] = m
	}
	t.mu.Unlock()
	m.see(p)
}

// meters are those of the pads that something passed, by name.
func (t *tap) meters() []*meter {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []*meter
	for _, m := range t.pads {
		if m.bytes > 0 || m.frames > 0 {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b *meter) int { return cmp.Compare(a.pad, b.pad) })
	return out
}
