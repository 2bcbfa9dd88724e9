//go:build cgo && !nogst

package gst

import (
	"sluice/engine/fault"
	"sluice/engine/gst/cause"
	"sluice/engine/gst/shim"
)

// blame says whose fault an error message is and which of our codes it is. Who posted it is known by the name of the
// pipeline's child, which is in the plan, never by what the text says. l.mu is held.
func (l *pipeline) blame(m shim.Message) error {
	node, what := l.name, "the pipeline"
	if e := l.elems[m.Source]; e != nil {
		if m.Flow == shim.NotNegotiated {
			e = l.undecided(e)
		}
		node, what = e.Node, e.Name+" ("+e.Factory+")"
	}
	code, hint := cause.Of(m.Domain, m.Code, m.Flow)
	err := fault.New(code, node, "%s: %s", what, m.Text)
	if hint != "" {
		err = err.Advise("%s", hint)
	}
	if m.Debug != "" {
		l.rt.log.Debug("an element failed", "element", m.Source, "text", m.Text, "debug", m.Debug)
	}
	return err
}

// undecided finds the element at which negotiation ended: what posts the error is the source that was refused, and the
// culprit is the last element behind it that was told a format and gave none on.
func (l *pipeline) undecided(e *elem) *elem {
	for range l.wires {
		next := (*elem)(nil)
		for _, w := range l.wires {
			if w.from == e && shim.HasFormat(w.dst.Unsafe()) {
				next = w.to
			}
		}
		if next == nil {
			return e
		}
		e = next
	}
	return e
}
