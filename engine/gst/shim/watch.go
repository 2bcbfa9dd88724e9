//go:build cgo && !nogst

package shim

// #include "shim.h"
import "C"

import (
	"runtime/cgo"
	"sync/atomic"
	"time"
	"unsafe"
)

// Kind of a message.
type Kind int

// The kinds that are passed on.
const (
	Error   Kind = C.SL_ERROR
	Warning Kind = C.SL_WARNING
	EOS     Kind = C.SL_EOS
	Element Kind = C.SL_ELEMENT
	Latency Kind = C.SL_LATENCY
)

// Message is what an element posted on the bus.
type Message struct {
	Kind   Kind
	Source string // the pipeline's child it came from; "" for the pipeline itself
	Domain string // of an error: its quark; of an element's message: its name
	Code   int    // of an error
	Flow   int    // of an error: what made a stream stop, as a GstFlowReturn; 0 if not said
	Text   string
	Debug  string
}

// Watch hands messages to see, on the threads that post them, until Unwatch.
func Watch(pipeline Object, see func(Message)) { C.sl_watch(element(pipeline), handle(see)) }

// Unwatch ends Watch.
func Unwatch(pipeline Object) { C.sl_unwatch(element(pipeline)) }

//export goMessage
func goMessage(h C.uintptr_t, m *C.sl_message) {
	see, _ := cgo.Handle(h).Value().(func(Message))
	see(Message{
		Kind: Kind(m.kind), Source: C.GoString(m.source), Domain: C.GoString(m.domain), Code: int(m.code), Flow: int(m.flow),
		Text: C.GoString(m.text), Debug: C.GoString(m.debug),
	})
}

//export goRelease
func goRelease(h C.uintptr_t) { cgo.Handle(h).Delete() }

// PadAdded hands pads that appear to see, and nil when there will be no more.
func PadAdded(o Object, see func(pad Object)) { C.sl_pad_added(element(o), handle(see)) }

//export goPadAdded
func goPadAdded(h C.uintptr_t, p *C.GstPad) {
	see, _ := cgo.Handle(h).Value().(func(Object))
	see(Object(p))
}

// Onset calls do once, before the first buffer passes a pad.
func Onset(o Object, do func()) { C.sl_onset(pad(o), handle(do)) }

//export goCall
func goCall(h C.uintptr_t) {
	do, _ := cgo.Handle(h).Value().(func())
	do()
}

// Count is what passed a pad.
type Count struct{ c *C.sl_count }

// Tally is a Count at one moment.
type Tally struct {
	Units, Bytes, Keys int64
	At                 time.Duration // when the last unit passed, on the clock of Now; 0 if none has
	Last               time.Duration // where the last unit ended in media time; negative if it did not say
	Ended              bool
}

// Told is what is called of a pad whose units are counted, on the thread that pushes them; nil is not called. What nobody wants to know
// is better not told: the first call into Go of a thread of GStreamer's needs something that Go makes one by one (runtime.needm, Go 1.26),
// and all threads that want one at the same time wait for it in a loop of short sleeps. At real-time priority, where timers have no
// slack, such a loop leaves the processor to nobody.
type Told struct {
	First func() // at the first unit
	Ended func() // at the end of the stream
	Empty func() // after that, if there was no unit
}

// CountPad counts what passes a pad.
func CountPad(o Object, told Told) *Count {
	call := func(do func()) C.uintptr_t {
		if do == nil {
			return 0
		}
		return handle(do)
	}
	return &Count{C.sl_count_pad(pad(o), call(told.First), call(told.Ended), call(told.Empty))}
}

// Tally reads the count. It must not be called after Free.
func (n *Count) Tally() Tally {
	load := func(v *C.gint64) int64 { return atomic.LoadInt64((*int64)(unsafe.Pointer(v))) }
	return Tally{
		Units: load(&n.c.units), Bytes: load(&n.c.bytes), Keys: load(&n.c.keys),
		At: time.Duration(load(&n.c.at)), Last: time.Duration(load(&n.c.last)), Ended: load(&n.c.ended) != 0,
	}
}

// Free gives the count back; the pad may count on.
func (n *Count) Free() { C.sl_count_free(n.c) }
