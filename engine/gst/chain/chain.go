//go:build cgo && !nogst

package chain

// #cgo pkg-config: gstreamer-1.0
// #cgo CFLAGS: -O2 -Wall
// #cgo noescape sl_chain_push
// #include <stdlib.h>
// #include "chain.h"
import "C"

import (
	"sync"
	"time"
	"unsafe"

	"sluice/engine/fault"
	"sluice/engine/gst/crossing"
	"sluice/engine/media"
	"sluice/engine/plan"
)

// Chain is a row of elements. It is safe for concurrent use, but what a method returns is valid only until the next one
// is called. After Close every method fails with fault.Closed. After an error other than that of Set it is of no
// use any more.
type Chain struct {
	base  string // caps of what goes in, as the plan has them
	names []row  // in the order of the elements

	mu     sync.Mutex
	c      *C.sl_chain // nil after Close
	frames []Frame
}

// row is an element of the chain.
type row struct {
	name, node string
	object     unsafe.Pointer
}

// Kind says what a Frame is.
type Kind uint8

// The kinds of frames.
const (
	Unit   Kind = C.SL_CHAIN_UNIT   // media
	Gap    Kind = C.SL_CHAIN_GAP    // nothing comes for a while, and nothing has been put in its place
	Format Kind = C.SL_CHAIN_FORMAT // Track tells what follows
	End    Kind = C.SL_CHAIN_END    // nothing follows
)

// Frame is something that came out. Times are those that were put in, and negative if there is none.
type Frame struct {
	Kind          Kind
	Data          []byte // of Unit; the chain's own
	PTS, Duration time.Duration
}

// New makes a pipeline that is marked Chain, and starts it. Errors are faults whose place is the node:
// fault.ElementUnavailable, fault.InvalidParams for a property, fault.GstNegotiation for elements that do not fit each
// other, and fault.GstElement for one that does not start.
func New(p *plan.Pipeline) (*Chain, error) {
	if !p.Chain || len(p.Elements) < 3 || len(p.Links) != len(p.Elements)-1 {
		return nil, fault.New(fault.Internal, p.Name, "pipeline %q is no chain", p.Name)
	}
	c := C.sl_chain_new()
	if c == nil {
		return nil, fault.New(fault.GstUnavailable, p.Name, "GStreamer does not start").Advise("see whether gst-inspect-1.0 works")
	}
	ch := &Chain{c: c, base: setting(p.Elements[0].Props, "caps")}
	if err := ch.build(p); err != nil {
		ch.Close()
		return nil, err
	}
	return ch, nil
}

// Describe says what is pushed from now on. It comes before the first unit, and again when something changes. What comes out
// is at most what follows from that.
func (ch *Chain) Describe(t media.Track) ([]Frame, error) {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if ch.c == nil {
		return nil, closed()
	}
	caps := crossing.Caps(ch.base, t)
	text := C.CString(caps)
	defer C.free(unsafe.Pointer(text))
	flow := C.sl_chain_describe(ch.c, text)
	if flow == C.GST_FLOW_NOT_SUPPORTED {
		return nil, fault.New(fault.GstNegotiation, ch.names[0].node, "what comes in cannot be described: %s", caps)
	}
	return ch.result(flow)
}

// Push puts one access unit through. A negative pts means that it has no time of its own.
func (ch *Chain) Push(data []byte, pts, duration time.Duration) ([]Frame, error) {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if ch.c == nil {
		return nil, closed()
	}
	if len(data) == 0 {
		return nil, nil // a buffer without bytes means loss to some decoders, and the end to others
	}
	return ch.result(C.sl_chain_push(ch.c, unsafe.Pointer(unsafe.SliceData(data)), C.gsize(len(data)), C.gint64(pts), C.gint64(duration)))
}

// Gap says that nothing comes for a while. A decoder that conceals losses fills it, and all of it at once.
func (ch *Chain) Gap(from, length time.Duration) ([]Frame, error) {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if ch.c == nil {
		return nil, closed()
	}
	if ch.c.flowing == 0 || from < 0 || length <= 0 {
		return nil, nil
	}
	return ch.result(C.sl_chain_gap(ch.c, C.gint64(from), C.gint64(length)))
}

// Flush makes the elements forget what they hold; times may go on anywhere.
func (ch *Chain) Flush() error {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if ch.c == nil {
		return closed()
	}
	return ch.answer(C.sl_chain_flush(ch.c))
}

// End lets everything out that is held back. Only Flush opens the chain again.
func (ch *Chain) End() ([]Frame, error) {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if ch.c == nil {
		return nil, closed()
	}
	return ch.result(C.sl_chain_end(ch.c))
}

// Close frees everything. It may be called more than once.
func (ch *Chain) Close() {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if ch.c != nil {
		C.sl_chain_free(ch.c)
	}
	ch.c, ch.names, ch.frames = nil, nil, nil
}

// answer makes an error of what a call returned. The caller holds the lock.
func (ch *Chain) answer(flow C.int) error {
	if flow == C.GST_FLOW_OK {
		return nil
	}
	return ch.blame(int(flow))
}

// result gives what came out, also beside an error. The caller holds the lock.
func (ch *Chain) result(flow C.int) ([]Frame, error) {
	ch.frames = ch.frames[:0]
	for _, f := range unsafe.Slice(ch.c.frames, ch.c.count) {
		out := Frame{Kind: Kind(f.kind), PTS: time.Duration(f.pts), Duration: time.Duration(f.duration)}
		if f.size > 0 {
			out.Data = unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(ch.c.data), f.at)), f.size)
		}
		ch.frames = append(ch.frames, out)
	}
	return ch.frames, ch.answer(flow)
}

func closed() error { return fault.New(fault.Closed, "", "the chain was closed") }

func setting(list []plan.Setting, name string) string {
	for _, s := range list {
		if s.Name == name {
			return s.Reveal()
		}
	}
	return ""
}
