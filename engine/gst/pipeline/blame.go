//go:build cgo && !nogst

package pipeline

import (
	"slices"
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
		text += detail(m.Debug)
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

// detail is what a debug text says about the peer: the first line is the place in GStreamer's sources. What ends a stream
// is said by the flow.
func detail(debug string) string {
	_, said, _ := strings.Cut(debug, "\n")
	said, _, _ = strings.Cut(said, "\n")
	if said == "" || strings.HasPrefix(said, "streaming stopped") || strings.HasPrefix(said, "domain ") {
		return ""
	}
	return ": " + strings.TrimSuffix(said, ".")
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
	ways := map[*elem][]way{}
	for _, w := range l.wires {
		ways[w.from] = append(ways[w.from], way{w.to, shim.HasFormat(w.dst)})
	}
	return culprit(e, ways)
}

// way is what an element feeds, and whether that was told a format.
type way struct {
	to   *elem
	told bool
}

// culprit finds an element that was told a format and gave none on, on whichever way behind a fork. One with several inputs
// may just wait for the others, and is blamed only if nobody else is there.
func culprit(from *elem, ways map[*elem][]way) *elem {
	waits, seen := (*elem)(nil), map[*elem]bool{from: true}
	for next := []*elem{from}; len(next) > 0; next = next[1:] {
		at, told := next[0], false
		for _, w := range ways[at] {
			if !w.told && at.Role == plan.RoleTee {
				return w.to // a tee gives the same to all: this one did not take it
			}
			told = told || w.told
			if w.told && !seen[w.to] {
				seen[w.to] = true
				next = append(next, w.to)
			}
		}
		switch {
		case told || len(ways[at]) == 0: // or a sink that took the format
		case untold(at, ways):
			waits = at
		default:
			return at
		}
	}
	if waits != nil {
		return waits
	}
	return from
}

// untold tells whether an element has an input that was told no format yet.
func untold(e *elem, ways map[*elem][]way) bool {
	for _, list := range ways {
		if slices.ContainsFunc(list, func(w way) bool { return w.to == e && !w.told }) {
			return true
		}
	}
	return false
}
