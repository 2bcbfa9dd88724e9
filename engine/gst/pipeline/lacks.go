//go:build cgo && !nogst

package pipeline

import (
	"regexp"
	"strings"

	"sluice/engine/fault"
	"sluice/engine/gst/shim"
)

// missing is the caps' media type in the message with which GStreamer asks for plugins (gst_missing_decoder_message_new).
var missing = regexp.MustCompile(`detail=\(GstCaps\)"?([A-Za-z0-9.+/-]+)`)

// unread is the fault of a decoder that says that nothing reads what it is given; nil if that is not what the message says, or if
// it is about one of several tracks in a file. Without it such a decoder would be waited for: its other end never appears.
// l.mu is held.
func (l *Pipeline) unread(e *elem, m shim.Message) error {
	if m.Domain != "missing-plugin" || !strings.HasPrefix(e.Factory, "decodebin") {
		return nil
	}
	found := missing.FindStringSubmatch(m.Text)
	if found == nil {
		return nil
	}
	for _, w := range l.wires {
		if w.to != e || !shim.HasFormat(w.src) { // the pad of e itself is told only when e has taken it
			continue
		}
		if kind, _, _ := strings.Cut(shim.Caps(w.src), ","); kind == found[1] {
			return unreadable(e, kind)
		}
	}
	return nil
}

func unreadable(e *elem, kind string) error {
	if strings.HasSuffix(kind, "/x-unknown") || strings.Contains(kind, "x-gst-fourcc") {
		return fault.New(fault.MediaCorrupt, e.Node, "%q (%s): the media names a codec that does not exist (%s)", e.Name, e.Factory, kind).
			Advise("the media is damaged, or of a kind that GStreamer does not know; does ffprobe read it?")
	}
	return fault.New(fault.ElementUnavailable, e.Node, "%q (%s): nothing here decodes %s as it comes", e.Name, e.Factory, kind).
		Advise("sluice doctor names the package that brings a decoder; if there is one, the media is damaged")
}
