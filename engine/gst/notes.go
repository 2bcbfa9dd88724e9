//go:build cgo && !nogst

package gst

import (
	"sync"

	"sluice/engine/gst/pipeline"
)

// note is something that GStreamer's threads saw, for the Runtime's own goroutine: news of a pipeline, or the error of a
// chain.
type note struct {
	pipeline.News
	chain string // whose Err it is, if it is of a chain
}

// most is how many notes wait at most of those that may come without end. Elements that post without end lose their
// messages, never the pipeline's pace.
const most = 1000

// notes is a queue that never makes a streaming thread wait.
type notes struct {
	mu      sync.Mutex
	list    []note
	endless int // how many of them may come without end
	closed  bool
	more    chan struct{} // holds a value when the list has grown or is closed
}

func newNotes() *notes { return &notes{more: make(chan struct{}, 1)} }

// put adds a note. All but what may come without end is kept: there is little of it.
func (n *notes) put(one note) {
	endless := one.Kind.Endless()
	n.mu.Lock()
	full := endless && n.endless >= most
	if !n.closed && !full {
		n.list = append(n.list, one)
		if endless {
			n.endless++
		}
	}
	n.mu.Unlock()
	if !full {
		n.wake()
	}
}

func (n *notes) wake() {
	select {
	case n.more <- struct{}{}:
	default:
	}
}

// close makes the queue take nothing more, and what waits is forgotten.
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
	n.list, n.endless = nil, 0
	return list, !n.closed
}
