//go:build cgo && !nogst

package chain

// #include "chain.h"
import "C"

import (
	"slices"

	"sluice/engine/fault"
)

// blame makes a fault of what went wrong in the last call. The caller holds the lock.
func (ch *Chain) blame(flow int) error {
	switch {
	case ch.c.flood != 0:
		return fault.New(fault.GstElement, ch.names[len(ch.names)-1].node, "more came out at once than a chain allows")
	case ch.c.wrong != 0:
		return ch.said()
	case flow == C.GST_FLOW_NOT_NEGOTIATED:
		r := ch.names[min(int(C.sl_chain_blame(ch.c)), len(ch.names)-1)]
		return fault.New(fault.GstNegotiation, r.node, "element %q cannot go on with what it is given", r.name)
	}
	return fault.New(fault.GstElement, ch.names[0].node, "the chain takes nothing any more (flow %d)", flow)
}

// said makes a fault of an element's own complaint.
func (ch *Chain) said() error {
	name, domain, text := C.GoString(ch.c.source), C.GoString(ch.c.domain), C.GoString(ch.c.text)
	node := ch.names[0].node
	if i := slices.IndexFunc(ch.names, func(r row) bool { return r.name == name }); i >= 0 {
		node = ch.names[i].node
	}
	f := fault.New(codeOf(domain, int(ch.c.code)), node, "element %q: %s", name, text)
	if debug := C.GoString(ch.c.debug); debug != "" {
		return f.Because(fault.New(f.Code, "", "%s", debug))
	}
	return f
}

// codeOf finds the code of an error that an element posted.
func codeOf(domain string, code int) fault.Code {
	switch domain {
	case "gst-stream-error-quark":
		switch code {
		case C.GST_STREAM_ERROR_DECODE, C.GST_STREAM_ERROR_DEMUX:
			return fault.MediaCorrupt
		case C.GST_STREAM_ERROR_WRONG_TYPE, C.GST_STREAM_ERROR_FORMAT:
			return fault.GstNegotiation
		}
	case "gst-core-error-quark":
		if code == C.GST_CORE_ERROR_NEGOTIATION || code == C.GST_CORE_ERROR_CAPS {
			return fault.GstNegotiation
		}
	case "gst-library-error-quark":
		if code == C.GST_LIBRARY_ERROR_INIT {
			return fault.ElementUnavailable
		}
	}
	return fault.GstElement
}
