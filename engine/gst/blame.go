//go:build cgo && !nogst

package gst

import (
	"sluice/engine/fault"
	"sluice/engine/gst/shim"
)

// The domains of GStreamer's errors (gsterror.h, 1.22).
const (
	coreErrors     = "gst-core-error-quark"
	libraryErrors  = "gst-library-error-quark"
	resourceErrors = "gst-resource-error-quark"
	streamErrors   = "gst-stream-error-quark"
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
	code, hint := codeOf(m)
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

// codeOf translates a message's domain and code.
func codeOf(m shim.Message) (fault.Code, string) {
	if m.Flow == shim.NotNegotiated {
		return fault.GstNegotiation, "its neighbours do not agree on a format; put a convert between them, or caps that both can do"
	}
	switch m.Domain {
	case resourceErrors:
		return resourceCode(m.Code)
	case streamErrors:
		return streamCode(m.Code)
	case coreErrors:
		switch m.Code {
		case 7, 10: // NEGOTIATION, CAPS
			return fault.GstNegotiation, ""
		case 12: // MISSING_PLUGIN
			return fault.ElementUnavailable, "sluice doctor names the package that brings it"
		}
	case libraryErrors:
		if m.Code == 5 { // SETTINGS
			return fault.InvalidParams, ""
		}
	}
	return fault.GstElement, ""
}

// resourceCode translates GstResourceError.
func resourceCode(code int) (fault.Code, string) {
	switch code {
	case 3: // NOT_FOUND
		return fault.ResourceNotFound, "check the name"
	case 4: // BUSY
		return fault.NameInUse, ""
	case 5, 6, 7: // OPEN_READ, OPEN_WRITE, OPEN_READ_WRITE
		return fault.ResourceNotFound, "check the name and the permissions"
	case 9, 10, 11, 12: // READ, WRITE, SEEK, SYNC
		return fault.GstElement, ""
	case 13: // SETTINGS
		return fault.InvalidParams, ""
	case 14: // NO_SPACE_LEFT
		return fault.Overloaded, "the disk is full; make room and start again"
	case 15: // NOT_AUTHORIZED
		return fault.Forbidden, ""
	}
	return fault.GstElement, ""
}

// streamCode translates GstStreamError.
func streamCode(code int) (fault.Code, string) {
	switch code {
	case 3, 4, 6, 8: // TYPE_NOT_FOUND, WRONG_TYPE, DECODE, DEMUX
		return fault.MediaCorrupt, "the media cannot be read; does ffprobe read it?"
	case 5: // CODEC_NOT_FOUND
		return fault.ElementUnavailable, "sluice doctor names the package that brings the decoder"
	case 10: // FORMAT
		return fault.GstNegotiation, ""
	case 11, 12: // DECRYPT, DECRYPT_NOKEY
		return fault.Forbidden, "the media is encrypted"
	}
	return fault.GstElement, ""
}
