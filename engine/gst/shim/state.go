//go:build cgo && !nogst

package shim

// #include "shim.h"
import "C"

import "time"

// State of an element.
type State int

// The states, in GStreamer's numbers.
const (
	Null    State = C.GST_STATE_NULL
	Paused  State = C.GST_STATE_PAUSED
	Playing State = C.GST_STATE_PLAYING
)

// Change says how a change of state went.
type Change int

// The answers to a change of state.
const (
	Refused   Change = C.GST_STATE_CHANGE_FAILURE
	Done      Change = C.GST_STATE_CHANGE_SUCCESS
	Under     Change = C.GST_STATE_CHANGE_ASYNC
	NoPreroll Change = C.GST_STATE_CHANGE_NO_PREROLL
)

// SetState changes the state of an element. It may block for ever in an element that hangs.
func SetState(o Object, s State) Change { return Change(C.sl_state(element(o), C.int(s))) }

// Outcome is how the last change of an element's state went, or that it is under way. It waits for nothing.
func Outcome(o Object) Change { return Change(C.sl_state_return(element(o))) }

// LockState makes an element keep its state when its pipeline's changes.
func LockState(o Object, locked bool) { C.sl_lock_state(element(o), truth(locked)) }

// Sync gives an element the state of its pipeline.
func Sync(o Object) bool { return C.sl_sync(element(o)) != 0 }

// Now is the time of the clock that all pipelines keep, CLOCK_MONOTONIC.
func Now() time.Duration { return span(C.sl_now()) }

// KeepTime makes a pipeline's running time count from base, whenever it is started.
func KeepTime(pipeline Object, base time.Duration) { C.sl_keep_time(element(pipeline), C.gint64(base)) }

// End ends the stream of a source element.
func End(o Object) { C.sl_end(element(o)) }

// EndPad ends what follows a sink pad. It must not be called on a streaming thread.
func EndPad(o Object) bool { return C.sl_end_pad(pad(o)) != 0 }

// Changing tells whether an element is at work on a change of state. It never waits.
func Changing(o Object) bool { return C.sl_changing(element(o)) != 0 }

// Recalculate makes the elements of a pipeline agree on how far they lag behind. It asks all of them.
func Recalculate(pipeline Object) { C.sl_latency(element(pipeline)) }
