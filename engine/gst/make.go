//go:build cgo && !nogst

package gst

import (
	"runtime"
	"strings"

	"github.com/go-gst/go-gst/gst"

	"sluice/engine/fault"
	"sluice/engine/gst/bridge"
	"sluice/engine/gst/shim"
	"sluice/engine/plan"
	"sluice/engine/value"
)

// drop gives up go-gst's share of an object now instead of when Go's collector comes by.
func drop(o *gst.Object) {
	g := o.GObject()
	runtime.SetFinalizer(g, nil)
	g.Unref()
}

// add makes elements and links in a pipeline that does not play yet. The build lock is held.
func (l *pipeline) add(elements []plan.Element, links []plan.Link) error {
	for _, e := range elements {
		if err := l.create(e, false); err != nil {
			return err
		}
	}
	for i := range links {
		if err := l.join(&links[i]); err != nil {
			return err
		}
	}
	return nil
}

func (l *pipeline) elem(name string) *elem {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.elems[name]
}

// create makes one element; extra says that it is not of the plan. Wrong values are the graph's fault, and are told with
// the element's node.
func (l *pipeline) create(e plan.Element, extra bool) error {
	g, err := gst.NewElementWithName(e.Factory, e.Name)
	if err != nil {
		return fault.New(fault.ElementUnavailable, e.Node, "there is no element %q here", e.Factory).
			Advise("sluice doctor names the package that brings it")
	}
	made := &elem{Element: e, gst: g, extra: extra, source: shim.IsSource(g.Unsafe()), sink: shim.IsSink(g.Unsafe())}
	for _, s := range e.Props {
		if problem := shim.Set(g.Unsafe(), s.Name, s.Reveal(), false); problem != "" {
			drop(g.Object)
			if s.Secret {
				problem = "property \"" + s.Name + "\" cannot be its secret value"
			}
			return fault.New(fault.InvalidParams, e.Node, "element %q (%s): %s", e.Name, e.Factory, problem)
		}
	}
	if err := l.gst.Add(g); err != nil {
		drop(g.Object)
		return fault.New(fault.Internal, e.Node, "element %q cannot be added", e.Name).Because(err)
	}
	l.mu.Lock()
	l.elems[e.Name] = made
	l.mu.Unlock()
	if e.Role == plan.RoleBridge {
		l.bridge(made)
	}
	return nil
}

// bridge connects an appsrc or appsink with the host.
func (l *pipeline) bridge(e *elem) {
	if in := l.rt.inlet(e.Name); in != nil {
		in.Attach(e.object(), textOf(e.Props, "caps"))
		e.inlet = in
		return
	}
	bridge.Drain(e.object(), l.rt.host.Outlet(e.Name), e.Node, l.rt.log)
}

// textOf finds a setting; "" if it is not there.
func textOf(list []plan.Setting, name string) string {
	for _, s := range list {
		if s.Name == name {
			return s.Text
		}
	}
	return ""
}

// join makes a link, or notes it for when its pad appears.
func (l *pipeline) join(k *plan.Link) error {
	if !k.Delayed {
		return l.link(k, nil)
	}
	l.mu.Lock()
	again := false
	for _, d := range l.delayed {
		again = again || d.From.Of == k.From.Of
	}
	l.delayed = append(l.delayed, k)
	from := l.elems[k.From.Of]
	l.mu.Unlock()
	if !again {
		shim.PadAdded(from.object(), func(pad shim.Object) { l.appeared(from, pad) })
	}
	return nil
}

// link makes a link from the given pad, or the one that it names.
func (l *pipeline) link(k *plan.Link, src *gst.Pad) error {
	from, to := l.elem(k.From.Of), l.elem(k.To.Of)
	if from == nil || to == nil {
		return fault.New(fault.Internal, k.From.Of, "a link to %q, where one of the two does not play", k.To.Of)
	}
	w := &wire{Link: *k, from: from, to: to}
	if k.Caps != "" {
		filter, err := l.filter(from, k)
		if err != nil {
			return err
		}
		w.filter = filter
	}
	w.src = src
	if src == nil {
		if w.src = pick(from, k.From.Name, true, nil); w.src == nil {
			return fault.New(fault.GstNegotiation, from.Node, "%q (%s) has no output %q", from.Name, from.Factory, k.From.Name)
		}
	}
	if err := l.finish(w); err != nil {
		return err
	}
	for _, s := range k.PadProps {
		if problem := shim.Set(w.dst.Unsafe(), s.Name, s.Reveal(), false); problem != "" {
			return fault.New(fault.InvalidParams, to.Node, "the pad of %q: %s", to.Name, problem)
		}
	}
	l.watch(w)
	l.mu.Lock()
	l.wires = append(l.wires, w)
	l.mu.Unlock()
	return nil
}

// finish links a wire's source pad to its end, through its filter if it has one.
func (l *pipeline) finish(w *wire) error {
	from := w.src
	if w.filter != nil {
		entry := pick(w.filter, "sink", false, nil)
		if r := from.Link(entry); r != gst.PadLinkOK {
			return refused(w, from, entry)
		}
		drop(entry.Object)
		from = pick(w.filter, "src", true, nil)
		defer drop(from.Object)
	}
	if w.dst = pick(w.to, w.To.Name, false, from); w.dst == nil {
		return fault.New(fault.GstNegotiation, w.to.Node, "%q (%s) has no input %q that takes what %q (%s) gives", w.to.Name, w.to.Factory,
			w.To.Name, w.from.Name, w.from.Factory).Advise("put a convert between them, or caps that both can do")
	}
	if r := from.Link(w.dst); r != gst.PadLinkOK {
		return refused(w, from, w.dst)
	}
	return nil
}

// refused says why two pads do not link.
func refused(w *wire, src, dst *gst.Pad) error {
	return fault.New(fault.GstNegotiation, w.from.Node, "%q (%s) gives %s, and %q (%s) takes %s", w.from.Name, w.from.Factory,
		short(shim.Caps(src.Unsafe())), w.to.Name, w.to.Factory, short(shim.Caps(dst.Unsafe()))).
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

// pick finds or requests a pad; nil if there is none.
func pick(e *elem, name string, gives bool, peer *gst.Pad) *gst.Pad {
	var other shim.Object
	if peer != nil {
		other = peer.Unsafe()
	}
	p := shim.Pick(e.object(), name, gives, other)
	if p == nil {
		return nil
	}
	return gst.FromGstPadUnsafeFull(p)
}

// filter makes what enforces a link's caps. It bears the name of the link, and the blame of the node before it.
func (l *pipeline) filter(from *elem, k *plan.Link) (*elem, error) {
	e := plan.Element{
		Name: k.From.Of + "-" + k.To.Of + "-caps", Factory: "capsfilter", Node: from.Node, Role: plan.RoleGuard, Branch: k.Branch,
		Props: []plan.Setting{{Name: "caps", Type: value.String, Text: k.Caps}},
	}
	if err := l.create(e, true); err != nil {
		return nil, err
	}
	return l.elem(e.Name), nil
}
