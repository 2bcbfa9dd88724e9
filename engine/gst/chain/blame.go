//go:build cgo && !nogst

package chain

// #include "chain.h"
import "C"

import (
	"slices"

	"sluice/engine/fault"
	"sluice/engine/gst/cause"
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
	code, hint := cause.Of(domain, int(ch.c.code), 0)
	f := fault.New(code, node, "element %q: %s", name, text)
	if hint != "" {
		f = f.Advise("%s", hint)
	}
	if debug := C.GoString(ch.c.debug); debug != "" {
		f = f.Because(fault.New(code, "", "%s", debug))
	}
	return f
}
