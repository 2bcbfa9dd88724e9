//go:build cgo && !nogst

package pipeline

import (
	"strings"

	"sluice/engine/fault"
	"sluice/engine/gst/cause"
	"sluice/engine/gst/shim"
	"sluice/engine/plan"
)

// blame says whose fault an error message is and which of our codes it is. Who posted it is known by the name of the
// pipeline's child, which is in the plan, never by what the text says. l.mu is held.
func (l *Pipeline) blame(m shim.Message) error {
	e := l.elems[m.Source]
	node, what := l.name, "the pipeline"
	if e != nil {
		at := e
		if m.Flow == shim.NotNegotiated {
			at = l.undecided(e)
		}
		node, what = at.Node, "\""+at.Name+"\" ("+at.Factory+at.address()+")"
	}
	code, hint := cause.Of(m.Domain, m.Code, m.Flow)
	text := strings.TrimSuffix(m.Text, ".")
	switch {
	case e == nil:
	case e.remote():
		if c, h := cause.Far(m.Domain, m.Code, e.source && !e.gave); c != "" {
			code, hint = c, h
		}
		text += cause.Detail(m.Debug)
	case code == fault.GstElement && m.Domain == cause.Stream && e.reads():
		// Demuxers and parsers that cannot go on often post a plain "internal data stream error".
		code, hint = fault.MediaCorrupt, "the media cannot be read; does ffprobe read it?"
	}
	err := fault.New(code, node, "%s: %s", what, text)
	if hint != "" {
		err = err.Advise("%s", hint)
	}
	if m.Debug != "" {
		l.around.Log.Debug("an element failed", "element", m.Source, "text", m.Text, "debug", m.Debug)
	}
	return err
}

// remote tells whether an element has a peer across a network. Not all of those say so: the ones for RTMP call themselves
// sources and sinks of any kind, or even of files.
func (e *elem) remote() bool {
	if strings.Contains(shim.Klass(e.object()), "Network") {
		return true
	}
	scheme, _, is := strings.Cut(e.address(), "://")
	return is && !strings.HasSuffix(scheme, "=file")
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

// undecided finds the element at which negotiation ended, behind the source that posts the error.
func (l *Pipeline) undecided(e *elem) *elem {
	ways := map[*elem][]cause.Way[*elem]{}
	for _, w := range l.wires {
		ways[w.from] = append(ways[w.from], cause.Way[*elem]{To: w.to, Told: shim.HasFormat(w.dst)})
	}
	return cause.Culprit(e, ways, func(e *elem) bool { return e.Role == plan.RoleTee })
}

// unread is the fault of a decoder that says that nothing reads what it is given; nil if that is not what the message says, or if
// it is about one of several tracks in a file. Without it such a decoder would be waited for: its other end never appears.
// l.mu is held.
func (l *Pipeline) unread(e *elem, m shim.Message) error {
	if m.Domain != cause.MissingPlugin || !strings.HasPrefix(e.Factory, "decodebin") {
		return nil
	}
	for _, w := range l.wires {
		if w.to != e || !shim.HasFormat(w.src) { // the pad of e itself is told only when e has taken it
			continue
		}
		if kind, _, _ := strings.Cut(shim.Caps(w.src), ","); kind == cause.Wanted(m.Text) {
			code, text, hint := cause.Unread(kind)
			return fault.New(code, e.Node, "%q (%s): %s", e.Name, e.Factory, text).Advise("%s", hint)
		}
	}
	return nil
}
