//go:build cgo && !nogst

package pipeline

import (
	"errors"
	"runtime"

	"github.com/go-gst/go-gst/gst"

	"sluice/engine/fault"
	"sluice/engine/gst/asrc"
	"sluice/engine/gst/bridge"
	"sluice/engine/gst/g729"
	"sluice/engine/gst/shim"
	"sluice/engine/plan"
)

// elem is one element that plays.
type elem struct {
	plan.Element
	gst    *gst.Element
	extra  bool          // not of the plan: it enforces caps
	inlet  *bridge.Inlet // of an appsrc
	source bool
	sink   bool

	// Under the pipeline's mu.
	coming  bool // it is being added to what plays: its errors are those of the change
	leaving bool // it is being taken out: that it ends is no news
	ended   bool // of a sink: the bus said so
	gave    bool // its first unit, or got it if it is a sink
	dry     bool // what feeds it is over and gave nothing
}

func (e *elem) object() shim.Object { return e.gst.Unsafe() }

// letGo ends hold.
func (e *elem) letGo() { shim.Unref(e.object()) }

func (e *elem) free() { shim.Drop(e.gst.Object) }

func (l *Pipeline) elem(name string) *elem {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.elems[name]
}

// hold finds an element and keeps its object alive until letGo, though it be taken out meanwhile; nil if there is none.
func (l *Pipeline) hold(which func(*elem) bool) *elem {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.elems {
		if which(e) {
			shim.Ref(e.object())
			return e
		}
	}
	return nil
}

// named finds elements that play.
func (l *Pipeline) named(list []plan.Element) []*elem {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []*elem
	for _, e := range list {
		if have := l.elems[e.Name]; have != nil {
			out = append(out, have)
		}
	}
	return out
}

// left says that an element which was to be linked has left, or that all is over: nobody's fault.
func left() error { return fault.New(fault.Closed, "", "what was to be linked has left") }

// create makes one element. Wrong values are the graph's fault, and are told with the element's node.
func (l *Pipeline) create(made *elem) error {
	e := &made.Element
	if missing := (*fault.Fault)(nil); errors.As(own(e.Factory), &missing) { // it names the package
		why := *missing
		why.Place = e.Node
		return &why
	}
	g, err := gst.NewElementWithName(e.Factory, e.Name)
	if err != nil {
		return fault.New(fault.ElementUnavailable, e.Node, "there is no element %q here", e.Factory).
			Advise("sluice doctor names the package that brings it")
	}
	made.gst, made.source, made.sink = g, shim.IsSource(g.Unsafe()), shim.IsSink(g.Unsafe())
	for _, s := range e.Props {
		if problem := shim.Set(g.Unsafe(), s.Name, s.Reveal(), false); problem != "" {
			shim.Drop(g.Object)
			if s.Secret {
				problem = "property \"" + s.Name + "\" cannot be its secret value"
			}
			return fault.New(fault.InvalidParams, e.Node, "element %q (%s): %s", e.Name, e.Factory, problem)
		}
	}
	shim.Prime(g.Unsafe(), e.Factory)
	if e.Factory == "level" {
		shim.EarlyEnd(g.Unsafe())
	}
	if e.Factory == "decodebin3" && l.crowded() {
		shim.Single(g.Unsafe())
	}
	if err := l.enter(made); err != nil {
		shim.Drop(g.Object)
		return err
	}
	if e.Role == plan.RoleBridge {
		l.bridge(made)
	}
	return nil
}

// crowded tells whether decoders alone keep all processors busy: half of a job's are of pictures, and files wait for nobody. What
// is live is in time with as many threads as each takes.
func (l *Pipeline) crowded() bool {
	return l.plan.Offline && l.plan.Decoders >= 2*runtime.GOMAXPROCS(0)
}

// own registers an element that GStreamer has from us alone.
func own(factory string) error {
	switch factory {
	case asrc.Element:
		return asrc.Register()
	case g729.Element:
		return g729.Register()
	}
	return nil
}

// enter puts an element into the pipeline unless that is closed.
func (l *Pipeline) enter(made *elem) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return left()
	}
	if err := l.gst.Add(made.gst); err != nil {
		return fault.New(fault.Internal, made.Node, "element %q cannot be added", made.Name).Because(err)
	}
	l.elems[made.Name] = made
	return nil
}

// bridge connects an appsrc or appsink with the host.
func (l *Pipeline) bridge(e *elem) {
	if in := l.around.Inlet(e.Name); in != nil {
		in.Attach(e.object(), textOf(e.Props, "caps"))
		l.mu.Lock()
		e.inlet = in
		late := l.closed
		l.mu.Unlock()
		if late {
			in.Detach(e.object())
		}
		return
	}
	bridge.Drain(e.object(), l.around.Outlet(e.Name), e.Node, l.around.Log)
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
