//go:build cgo && !nogst

package pipeline

import (
	"strings"

	"sluice/engine/fault"
	"sluice/engine/gst/cause"
	"sluice/engine/gst/shim"
)

// blame says whose fault an error message is and which of our codes it is. Who posted it is known by the name of the
// pipeline's child, which is in the plan, never by what the text says. l.mu is held.
func (l *Pipeline) blame(m shim.Message) error {
	node, what := l.name, "the pipeline"
	if e := l.elems[m.Source]; e != nil {
		if m.Flow == shim.NotNegotiated {
			e = l.undecided(e)
		}
		node, what = e.Node, "\""+e.Name+"\" ("+e.Factory+e.address()+")"
	}
	code, hint := cause.Of(m.Domain, m.Code, m.Flow)
	if e := l.elems[m.Source]; e != nil && code == fault.GstElement && m.Domain == cause.Stream && e.reads() {
		// Demuxers and parsers that cannot go on often post a plain "internal data stream error".
		code, hint = fault.MediaCorrupt, "the media cannot be read; does ffprobe read it?"
	}
	err := fault.New(code, node, "%s: %s", what, strings.TrimSuffix(m.Text, "."))
	if hint != "" {
		err = err.Advise("%s", hint)
	}
	if m.Debug != "" {
		l.around.Log.Debug("an element failed", "element", m.Source, "text", m.Text, "debug", m.Debug)
	}
	return err
}

// address is what a source or sink reads or writes, for people.
func (e *elem) address() string {
	for _, name := range []string{"location", "uri", "host"} {
		if text := textOf(e.Props, name); text != "" {
			return " " + name + "=" + text
		}
	}
	return ""
}

// reads tells whether an element takes media apart.
func (e *elem) reads() bool {
	klass := shim.Klass(e.object())
	return strings.Contains(klass, "Demuxer") || strings.Contains(klass, "Parser") || strings.Contains(klass, "Decoder")
}

// undecided finds the element at which negotiation ended: what posts the error is the source that was refused, and the
// culprit is the last element behind it that was told a format and gave none on.
func (l *Pipeline) undecided(e *elem) *elem {
	for range l.wires {
		next := (*elem)(nil)
		for _, w := range l.wires {
			if w.from == e && shim.HasFormat(w.dst) {
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
