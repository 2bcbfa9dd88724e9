//go:build cgo && !nogst

package pipeline

import (
	"slices"
	"strings"
	"time"

	"sluice/engine/fault"
	"sluice/engine/gst/shim"
	"sluice/engine/plan"
	"sluice/engine/value"
)

// wire is a link that is made. It owns a share of its pads.
type wire struct {
	plan.Link
	from, to *elem
	src, dst shim.Object // pads
	filter   *elem       // what enforces its caps
	cut      bool        // it is off its source pad, which was given back
	left     *shim.Count // what left by src, if that is worth knowing
	came     *shim.Count // what came in at dst, likewise
	born     time.Duration
	covered  bool // it stands in for what is there, and is not seen; under the pipeline's mu
}

// free gives up what a wire owns; its pads may be nil.
func (w *wire) free() {
	for _, c := range []*shim.Count{w.left, w.came} {
		if c != nil {
			c.Free()
		}
	}
	for _, pad := range []shim.Object{w.src, w.dst} {
		if pad != nil {
			shim.Unref(pad)
		}
	}
}

// join makes a link, or notes it for when its pad appears.
func (l *Pipeline) join(k *plan.Link) error {
	if !k.Delayed {
		return l.link(k, nil)
	}
	l.mu.Lock()
	again := slices.ContainsFunc(l.delayed, func(d *plan.Link) bool { return d.From.Of == k.From.Of })
	l.delayed = append(l.delayed, k)
	from := l.elems[k.From.Of]
	l.mu.Unlock()
	if from == nil {
		return fault.New(fault.Internal, k.From.Of, "a link from what does not play")
	}
	if !again {
		shim.PadAdded(from.object(), func(pad shim.Object) { l.appeared(from, pad) })
	}
	return nil
}

// link makes a link from the given pad, of which it takes over the caller's share, or the one that it names. It may run
// on a streaming thread while the elements are being taken out: then it is fault.Closed. After an error nothing is left of it.
func (l *Pipeline) link(k *plan.Link, src shim.Object) error {
	w := &wire{Link: *k, src: src, born: shim.Now()}
	w.from = l.hold(func(e *elem) bool { return e.Name == k.From.Of })
	if w.from != nil {
		defer w.from.letGo()
	}
	w.to = l.hold(func(e *elem) bool { return e.Name == k.To.Of })
	if w.to != nil {
		defer w.to.letGo()
	}
	if w.from == nil || w.to == nil {
		w.free()
		return left()
	}
	err := l.connect(w)
	if err == nil && !l.register(w) {
		err = left()
	}
	if err != nil {
		l.undo(w)
	}
	return err
}

// register makes a wire one of the pipeline's, if its elements still are.
func (l *Pipeline) register(w *wire) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.elems[w.from.Name] != w.from || l.elems[w.to.Name] != w.to {
		return false
	}
	l.wires = append(l.wires, w)
	return true
}

// connect finds a wire's pads and links them, through a filter if it has caps. What passes is counted, and the pad has
// its properties, before anything can pass.
func (l *Pipeline) connect(w *wire) error {
	if w.src == nil {
		if w.src = shim.Pick(w.from.object(), w.From.Name, true, nil); w.src == nil {
			return fault.New(fault.GstNegotiation, w.from.Node, "%q (%s) has no output %q", w.from.Name, w.from.Factory, w.From.Name)
		}
	}
	from := w.src
	if w.Caps != "" {
		if err := l.filter(w); err != nil {
			return err
		}
		from = shim.Pick(w.filter.object(), "src", true, nil)
		defer shim.Unref(from)
	}
	if w.dst = shim.Pick(w.to.object(), w.To.Name, false, from); w.dst == nil {
		return fault.New(fault.GstNegotiation, w.to.Node, "%q (%s) has no input %q that takes what %q (%s) gives", w.to.Name, w.to.Factory,
			w.To.Name, w.from.Name, w.from.Factory).Advise("put a convert between them, or caps that both can do")
	}
	for _, s := range w.PadProps {
		if problem := shim.Set(w.dst, s.Name, s.Reveal(), false); problem != "" {
			return fault.New(fault.InvalidParams, w.to.Node, "the pad of %q: %s", w.to.Name, problem)
		}
	}
	l.watch(w)
	if l.mind(w); w.Instead == "" {
		l.fadeIn(w)
	}
	if !shim.Link(from, w.dst) {
		return w.refused(from, w.dst)
	}
	return nil
}

// refused says why two pads do not link.
func (w *wire) refused(src, dst shim.Object) error {
	return fault.New(fault.GstNegotiation, w.from.Node, "%q (%s) gives %s, and %q (%s) takes %s", w.from.Name, w.from.Factory,
		short(shim.Caps(src)), w.to.Name, w.to.Factory, short(shim.Caps(dst))).
		Advise("put a convert between them, or caps that both can do")
}

// short cuts caps to what fits a message.
func short(caps string) string {
	const room = 160
	if len(caps) <= room {
		return caps
	}
	return strings.ToValidUTF8(caps[:room], "") + "…"
}

// filter makes what enforces a wire's caps and links it. It bears the name of the link, and the blame of the node before it.
func (l *Pipeline) filter(w *wire) error {
	e := &elem{extra: true, coming: w.from.coming || w.to.coming, Element: plan.Element{
		Name: w.From.Of + "-" + w.To.Of + "-caps", Factory: "capsfilter", Node: w.from.Node, Role: plan.RoleGuard, Branch: w.Branch,
		Props: []plan.Setting{{Name: "caps", Type: value.String, Text: w.Caps}},
	}}
	if err := l.create(e); err != nil {
		return err
	}
	w.filter = e
	shim.Sync(e.object())
	entry := shim.Pick(e.object(), "sink", false, nil)
	defer shim.Unref(entry)
	if !shim.Link(w.src, entry) {
		return w.refused(w.src, entry)
	}
	return nil
}

// undo takes back what there is of a wire that is not one of the pipeline's.
func (l *Pipeline) undo(w *wire) {
	if w.dst != nil {
		l.giveBack(w)
	}
	if w.src != nil && shim.Requested(w.src) {
		if entry := shim.UnlinkSource(w.src); entry != nil {
			shim.Unref(entry)
		}
		shim.Release(w.from.object(), w.src)
	}
	if w.filter != nil {
		l.remove([]*elem{w.filter})
	}
	w.free()
}
