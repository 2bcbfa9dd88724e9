//go:build cgo && !nogst

package gst

import (
	"context"
	"sync"
	"time"

	"github.com/go-gst/go-gst/gst"

	"sluice/engine/fault"
	"sluice/engine/gst/bridge"
	"sluice/engine/gst/shim"
	"sluice/engine/plan"
)

// pipeline is one pipeline of a plan, with what plays in it now. Its elements and links are made and taken away under the
// Runtime's build lock; pads that appear are linked on streaming threads, under mu.
type pipeline struct {
	rt   *Runtime
	name string
	gst  *gst.Pipeline

	mu      sync.Mutex
	plan    *plan.Pipeline
	elems   map[string]*elem
	wires   []*wire
	delayed []*plan.Link    // whose pad has not appeared yet
	absent  map[string]bool // elements of the plan that have left: without media, or in a broken branch
	failed  error           // the first error
	over    bool            // the bus said that all sinks have ended
	failing chan struct{}
	ending  chan struct{} // holds a value when a sink has ended
	closed  bool
}

// elem is one element that plays.
type elem struct {
	plan.Element
	gst    *gst.Element
	extra  bool          // not of the plan: it enforces caps, or drains
	inlet  *bridge.Inlet // of an appsrc
	ended  bool          // of a sink: the bus said so
	source bool
	sink   bool
}

func (e *elem) object() shim.Object { return e.gst.Unsafe() }

// wire is a link that is made.
type wire struct {
	plan.Link
	from, to *elem
	src, dst *gst.Pad
	filter   *elem       // what enforces its caps
	cut      bool        // it is off its source pad, which was given back
	left     *shim.Count // what left by src, if that is worth knowing
	came     *shim.Count // what came in at dst, likewise
}

// assemble makes a pipeline and everything of it that is there from the start. The build lock is held.
func (r *Runtime) assemble(p *plan.Pipeline) error {
	g, err := gst.NewPipeline(r.id + "/" + p.Name)
	if err != nil {
		return fault.New(fault.GstElement, p.Name, "no pipeline can be made").Because(err)
	}
	l := &pipeline{
		rt: r, name: p.Name, gst: g, plan: p, elems: map[string]*elem{}, absent: map[string]bool{},
		failing: make(chan struct{}), ending: make(chan struct{}, 1),
	}
	r.mu.Lock()
	r.lines[p.Name] = l
	r.mu.Unlock()
	shim.Set(l.object(), "message-forward", "true", false) // each sink's end is told, not only the last one's
	shim.Watch(l.object(), l.message)
	if l.onEpoch() {
		shim.KeepTime(l.object(), shim.Now()-time.Since(r.host.Epoch()))
	}
	now := l.target(p)
	return l.add(now.Elements, now.Links)
}

func (l *pipeline) object() shim.Object { return l.gst.Unsafe() }

// onEpoch tells whether the pipeline keeps the host's time: it does where units cross, and where it works offline not.
func (l *pipeline) onEpoch() bool {
	if l.plan.Offline {
		return false
	}
	for _, b := range l.rt.plan.Bridges {
		if b.Pipeline == l.name {
			return true
		}
	}
	return false
}

// start plays the pipeline. It returns when all of it plays, or, where media has yet to come, when all of it would.
func (l *pipeline) start(ctx context.Context) error {
	for _, s := range []shim.State{shim.Paused, shim.Playing} {
		switch shim.SetState(l.object(), s) {
		case shim.Refused:
			return l.whyNot("does not start")
		case shim.Under:
			if err := l.settle(ctx, s); err != nil {
				return err
			}
		case shim.Done, shim.NoPreroll:
		}
	}
	return nil
}

// settle waits for a change of state. What is fed from outside cannot get ready before something comes.
func (l *pipeline) settle(ctx context.Context, s shim.State) error {
	const look = 20 * time.Millisecond
	for {
		switch shim.WaitState(l.object(), look) {
		case shim.Refused:
			return l.whyNot("does not start")
		case shim.Under:
		default:
			return nil
		}
		select {
		case <-l.failing:
			return l.whyNot("does not start")
		case <-ctx.Done():
			return l.unready(ctx.Err())
		default:
		}
		if s == shim.Paused && l.fed() {
			return nil
		}
	}
}

// unready blames what a pipeline waits for that does not get ready in time: a pad that has not appeared, or a sink that has
// got nothing.
func (l *pipeline) unready(cause error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	const advice = "its source gives nothing, or policy.start is too short"
	for _, k := range l.delayed {
		if e := l.elems[k.From.Of]; e != nil && !k.Optional {
			return fault.New(fault.StartTimeout, e.Node, "%q (%s) has not got its output %q", e.Name, e.Factory, k.From.Name).
				Because(cause).Advise(advice)
		}
	}
	for _, w := range l.wires {
		if w.to.sink && w.came != nil && w.came.Tally().Units == 0 {
			return fault.New(fault.StartTimeout, w.to.Node, "nothing has reached %q (%s)", w.to.Name, w.to.Factory).
				Because(cause).Advise(advice)
		}
	}
	return fault.New(fault.StartTimeout, l.name, "it does not get ready").Because(cause).Advise(advice)
}

// hanging is an element that has not finished changing its state, the last in the flow of media first: GStreamer changes
// sinks first. l.mu is held.
func (l *pipeline) hanging() *elem {
	for i := len(l.plan.Elements) - 1; i >= 0; i-- {
		if e := l.elems[l.plan.Elements[i].Name]; e != nil && shim.Changing(e.object()) {
			return e
		}
	}
	return nil
}

// fed tells whether media comes from outside.
func (l *pipeline) fed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.elems {
		if e.inlet != nil {
			return true
		}
	}
	return false
}

// whyNot is the first error that an element posted, or a plain one if none did. The refusal of a state may be known before
// the error behind it.
func (l *pipeline) whyNot(what string) error {
	select {
	case <-l.failing:
	case <-time.After(grace):
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed != nil {
		return l.failed
	}
	return fault.New(fault.GstElement, l.name, "the pipeline %s, and no element says why", what)
}

// shut takes nothing more from outside.
func (l *pipeline) shut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for _, e := range l.elems {
		if e.inlet != nil {
			e.inlet.Detach(e.object())
		}
	}
}

// halt ends everything at once. It blocks as long as an element does.
func (l *pipeline) halt() { shim.SetState(l.object(), shim.Null) }

// release lets go of everything. It comes once, after halt.
func (l *pipeline) release() {
	shim.Unwatch(l.object())
	l.mu.Lock()
	elems, wires := l.elems, l.wires
	l.elems, l.wires, l.delayed = map[string]*elem{}, nil, nil
	l.mu.Unlock()
	for _, w := range wires {
		w.free()
	}
	for _, e := range elems {
		e.free()
	}
	drop(l.gst.Object)
	l.rt.mu.Lock()
	delete(l.rt.lines, l.name)
	l.rt.mu.Unlock()
}

func (e *elem) free() { drop(e.gst.Object) }

func (w *wire) free() {
	for _, c := range []*shim.Count{w.left, w.came} {
		if c != nil {
			c.Free()
		}
	}
	drop(w.src.Object)
	drop(w.dst.Object)
}
