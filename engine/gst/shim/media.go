//go:build cgo && !nogst

package shim

// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"runtime/cgo"
	"time"
	"unsafe"
)

// The flags of a buffer.
const (
	Key     = C.SL_KEY     // decoding can begin here
	Header  = C.SL_HEADER  // no media, but what decoders need first
	Final   = C.SL_END     // nothing follows; there is no data
	Discont = C.SL_DISCONT // something is missing before it
)

// Format stands for the caps of buffers: the same caps are the same Format.
type Format struct{ caps unsafe.Pointer }

// Text prints the caps; buffers in them are in hexadecimal. Only valid while the buffer is that came with it.
func (f Format) Text() string { return taken(C.sl_caps_text(f.caps)) }

// Buffer is what a pad let through. It is valid until the callback that got it returns.
type Buffer struct {
	Data               []byte
	PTS, DTS, Duration time.Duration // running time; negative if there is none
	Flags              uint
	Format             Format
}

func bufferOf(b *C.sl_buffer) Buffer {
	return Buffer{
		Data: unsafe.Slice((*byte)(b.data), int(b.size)), PTS: span(b.pts), DTS: span(b.dts), Duration: span(b.duration),
		Flags: uint(b.flags), Format: Format{b.caps},
	}
}

// Tap hands everything that passes a pad to see, and a Final buffer at the end.
func Tap(o Object, see func(Buffer)) { C.sl_tap(pad(o), handle(see)) }

//export goTap
func goTap(h C.uintptr_t, b *C.sl_buffer) {
	see, _ := cgo.Handle(h).Value().(func(Buffer))
	see(bufferOf(b))
}

// Discard drops what leaves a pad that is not linked, which otherwise would end its element.
func Discard(o Object) { C.sl_discard(pad(o)) }

// Drain hands everything that reaches an appsink to see, and a Final buffer at the end.
func Drain(appsink Object, see func(*Buffer)) { C.sl_drain(element(appsink), handle(&drain{see: see})) }

// drain has the buffer that every call fills anew, so that none makes garbage.
type drain struct {
	see func(*Buffer)
	buf Buffer
}

//export goSample
func goSample(h C.uintptr_t, b *C.sl_buffer) {
	d, _ := cgo.Handle(h).Value().(*drain)
	d.buf = bufferOf(b)
	d.see(&d.buf)
	d.buf = Buffer{}
}

// AskKey asks what feeds an appsink for a key frame.
func AskKey(appsink Object) { C.sl_drain_key(element(appsink)) }

// Pull waits for the next buffer of an appsink that has no Drain, and gives its caps. ended says that none will come.
func Pull(appsink Object, wait time.Duration) (data []byte, caps string, ended bool) {
	var out unsafe.Pointer
	var size C.gsize
	var text *C.char
	switch C.sl_pull(element(appsink), C.gint64(wait), &out, &size, &text) {
	case 1:
		defer C.g_free(C.gpointer(out))
		return C.GoBytes(out, C.int(size)), taken(text), false
	case 0:
		return nil, "", false
	}
	return nil, "", true
}

// WatchKeys calls see whenever something behind an appsrc wants a key frame.
func WatchKeys(appsrc Object, see func()) { C.sl_feed_watch(element(appsrc), handle(see)) }

// Push copies an access unit into an appsrc. It tells whether the appsrc still takes any.
func Push(appsrc Object, data []byte, pts, dts time.Duration, flags uint) bool {
	if len(data) == 0 {
		return true
	}
	first := unsafe.Pointer(unsafe.SliceData(data))
	flow := C.sl_feed_push(element(appsrc), first, C.gsize(len(data)), C.gint64(pts), C.gint64(dts), C.guint(flags))
	return flow == C.GST_FLOW_OK
}

// SetCaps says what follows in an appsrc; the answer is "" or says what is wrong.
func SetCaps(appsrc Object, caps string) string {
	t := C.CString(caps)
	defer C.free(unsafe.Pointer(t))
	return taken(C.sl_feed_caps(element(appsrc), t))
}

// Gap says that nothing comes for a while.
func Gap(appsrc Object, from, length time.Duration) {
	C.sl_feed_gap(element(appsrc), C.gint64(from), C.gint64(length))
}

// EndFeed ends the stream of an appsrc.
func EndFeed(appsrc Object) { C.sl_feed_end(element(appsrc)) }

// Flush makes what is behind an appsrc forget what it holds.
func Flush(appsrc Object) { C.sl_feed_flush(element(appsrc)) }
