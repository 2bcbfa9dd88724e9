//go:build cgo && !nogst

// Package shim is the part of GStreamer's API that go-gst has not, or has only at a price: values set from text with an
// answer, the bus without a thread, probes that count in C, and media in and out without garbage. It holds C code and
// thin wrappers and decides nothing. Objects are passed as the pointers that go-gst's Unsafe gives; the caller keeps them
// alive during a call. Callbacks come on GStreamer's threads and must return at once; each is forgotten when GStreamer
// lets go of it, which is when its object goes.
package shim

// #cgo pkg-config: gstreamer-1.0 gstreamer-app-1.0 gstreamer-controller-1.0
// #cgo CFLAGS: -O2 -Wall -Wextra
// #cgo LDFLAGS: -ldl
// #cgo noescape sl_feed_push
// #cgo nocallback sl_now
// #cgo nocallback sl_caps_text
// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"runtime/cgo"
	"time"
	"unsafe"
)

// Object is a pointer to a GObject.
type Object = unsafe.Pointer

func element(o Object) *C.GstElement { return (*C.GstElement)(o) }
func pad(o Object) *C.GstPad         { return (*C.GstPad)(o) }

// handle makes something that C can carry for a value; goRelease ends it.
func handle(v any) C.uintptr_t { return C.uintptr_t(cgo.NewHandle(v)) }

// taken copies text that GLib made and frees it. NULL is empty.
func taken(s *C.char) string {
	if s == nil {
		return ""
	}
	defer C.g_free(C.gpointer(s))
	return C.GoString(s)
}

// span reads a GStreamer time; -1 stays -1.
func span(ns C.gint64) time.Duration { return time.Duration(ns) }

// Set gives a property a value as the graph language writes it; the answer is "" or says what is wrong. If playing, only
// properties that may change then are set.
func Set(o Object, name, text string, playing bool) string {
	n, t := C.CString(name), C.CString(text)
	defer C.free(unsafe.Pointer(n))
	defer C.free(unsafe.Pointer(t))
	return taken(C.sl_set(C.gpointer(o), n, t, truth(playing)))
}

// Get reads a property as text; "" if there is none.
func Get(o Object, name string) string {
	n := C.CString(name)
	defer C.free(unsafe.Pointer(n))
	return taken(C.sl_get(C.gpointer(o), n))
}

func truth(b bool) C.gboolean {
	if b {
		return 1
	}
	return 0
}

// Name of an object.
func Name(o Object) string { return taken(C.sl_name(C.gpointer(o))) }

// Gives tells whether a pad is one that media leaves by.
func Gives(o Object) bool { return C.sl_direction(pad(o)) == C.GST_PAD_SRC }

// IsSource tells whether an element is one that media begins in.
func IsSource(o Object) bool { return C.sl_is_source(element(o)) != 0 }

// IsSink tells whether an element is one that media ends in.
func IsSink(o Object) bool { return C.sl_is_sink(element(o)) != 0 }

// Caps of a pad: those in force, or else those it can do.
func Caps(o Object) string { return taken(C.sl_caps(pad(o))) }

// Duration of what comes from a pad; negative if it does not say.
func Duration(o Object) time.Duration { return span(C.sl_duration(pad(o))) }

// Pick finds or requests the pad of an element that a link means: by its name, by the name of its template, or, without a
// name, one that fits the peer, which may be nil. nil if there is none; otherwise the caller owns it.
func Pick(o Object, name string, gives bool, peer Object) Object {
	n := C.CString(name)
	defer C.free(unsafe.Pointer(n))
	return Object(C.sl_pick(element(o), n, truth(gives), pad(peer)))
}

// Requested tells whether a pad was made on request, and has to be released.
func Requested(o Object) bool { return C.sl_requested(pad(o)) != 0 }

// Link links a pad that gives to one that takes. False if they do not agree.
func Link(from, to Object) bool { return C.gst_pad_link(pad(from), pad(to)) == C.GST_PAD_LINK_OK }

// NotNegotiated is the flow of a stream that stopped because two elements did not agree on a format.
const NotNegotiated = int(C.GST_FLOW_NOT_NEGOTIATED)

// Playable tells whether a property may change while media flows.
func Playable(o Object, name string) bool {
	n := C.CString(name)
	defer C.free(unsafe.Pointer(n))
	return C.sl_playable(C.gpointer(o), n) != 0
}

// EarlyEnd leads the end of a stream past an element if nothing came before.
func EarlyEnd(o Object) { C.sl_early_end(element(o)) }

// UnlinkSource unlinks what a pad feeds and gives it to the caller, who unrefs it; nil if it feeds nothing.
func UnlinkSource(o Object) Object { return Object(C.sl_unlink_source(pad(o))) }

// UnlinkIdle does so while nothing passes the pad, and waits until that is so.
func UnlinkIdle(o Object) Object { return Object(C.sl_unlink_idle(pad(o))) }

// UnlinkSink unlinks what feeds a pad.
func UnlinkSink(o Object) { C.sl_unlink_sink(pad(o)) }

// HasFormat tells whether a pad was told what passes it.
func HasFormat(o Object) bool { return C.sl_has_format(pad(o)) != 0 }

// Release gives a pad back that was made on request.
func Release(o, requested Object) { C.gst_element_release_request_pad(element(o), pad(requested)) }

// Ref gives the caller a share of an object.
func Ref(o Object) { C.gst_object_ref(C.gpointer(o)) }

// Unref gives up the caller's share of an object.
func Unref(o Object) { C.gst_object_unref(C.gpointer(o)) }

// Klass says what an element is for, in GStreamer's words: "Codec/Demuxer".
func Klass(o Object) string { return C.GoString(C.sl_klass(element(o))) }
