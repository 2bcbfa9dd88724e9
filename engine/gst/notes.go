//go:build cgo && !nogst

package gst

import (
	"sync"

	"sluice/engine/gst/shim"
)

// note is something that GStreamer's threads saw, for the Runtime's own goroutine.
type note struct {
	line    *pipeline    // nil if it is of a chain
	message shim.Message // if Kind is set
	element string       // of what follows
	first   bool         // it gave its first unit
	ended   bool         // the stream that leaves it, or enters a sink, is over
	noMore  bool         // it will have no more pads
	wrong   error        // why a pad that appeared could not be linked, or a chain failed
}

// most is how many notes wait at most. Elements that post without end lose their messages, never the pipeline's pace.
const most = 10_000

// notes is a queue that never makes a streaming thread wait.
type notes struct {
	mu     sync.Mutex
	list   []note
	closed bool
	more   chan struct{} // holds a value when the list has grown or is closed
	over   chan struct{} // closed when nobody reads any more
}

func newNotes() *notes { return &notes{more: make(chan struct{}, 1), over: make(chan struct{})} }

// put adds a note; beyond the limit only what decides over life is kept.
func (n *notes) put(one note) {
	n.mu.Lock()
	if !n.closed && (len(n.list) < most || one.message.Kind == shim.Error || one.ended) {
		n.list = append(n.list, one)
	}
	n.mu.Unlock()
	n.wake()
}

func (n *notes) wake() {
	select {
	case n.more <- struct{}{}:
	default:
	}
}

func (n *notes) close() {
	n.mu.Lock()
	n.closed = true
	n.list = nil
	n.mu.Unlock()
	n.wake()
}

// take gives what has come, and whether more may come.
func (n *notes) take() ([]note, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	list := n.list
	n.list = nil
	return list, !n.closed
}
