//go:build cgo && !nogst

package gst

import (
	"context"
	"slices"

	"sluice/engine/fault"
	"sluice/engine/gst/shim"
	"sluice/engine/plan"
)

// leave takes elements out of a pipeline that plays. Their media ends properly: what feeds them is unlinked, the stream
// behind ends, and sinks among them have time to finish until ctx is done.
func (l *pipeline) leave(ctx context.Context, gone []plan.Element) error {
	elems := l.named(gone)
	if len(elems) == 0 {
		return nil
	}
	l.part(elems)
	waits := false
	for _, e := range elems {
		if e.inlet != nil {
			e.inlet.Detach(e.object())
			shim.EndFeed(e.object())
		}
		waits = waits || e.sink
	}
	if waits {
		l.await(ctx, func(e *elem) bool { return slices.Contains(elems, e) })
	}
	l.take(elems)
	return nil
}

// part unlinks what feeds elements from outside, each link at a moment at which nothing passes it, and ends the stream
// behind it.
func (l *pipeline) part(elems []*elem) {
	for _, w := range l.crossing(elems, false) {
		if entry := l.unlink(w); entry != nil {
			shim.EndPad(entry)
			shim.Unref(entry)
		}
	}
}

// crossing lists the wires that lead into elements from others, or out of them to others.
func (l *pipeline) crossing(elems []*elem, out bool) []*wire {
	mine := func(e *elem) bool { return slices.Contains(elems, e) }
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []*wire
	for _, w := range l.wires {
		if out && mine(w.from) && !mine(w.to) || !out && mine(w.to) && !mine(w.from) {
			list = append(list, w)
		}
	}
	return list
}

// unlink takes a wire off its source pad while nothing passes, and gives the sink pad that it fed, which the caller
// unrefs; nil if it fed none. A pad that was made for it goes.
func (l *pipeline) unlink(w *wire) shim.Object {
	if w.cut {
		return nil
	}
	w.cut = true
	idle := make(chan struct{})
	var peer shim.Object
	shim.WhenIdle(w.src.Unsafe(), func() {
		peer = shim.UnlinkSource(w.src.Unsafe())
		close(idle)
	})
	<-idle
	if shim.Requested(w.src.Unsafe()) {
		shim.Release(w.from.object(), w.src.Unsafe())
	}
	return peer
}

// take removes elements at once: they stop where they are. Links to others are undone and pads given back. The build lock
// is held.
func (l *pipeline) take(elems []*elem) {
	fed := l.crossing(elems, false)
	feeding := l.crossing(elems, true)
	for _, w := range slices.Concat(fed, feeding) {
		if w.filter != nil && !slices.Contains(elems, w.filter) {
			elems = append(elems, w.filter)
		}
	}
	for _, w := range fed {
		if entry := l.unlink(w); entry != nil {
			shim.Unref(entry)
		}
	}
	for _, e := range elems {
		if e.inlet != nil {
			e.inlet.Detach(e.object())
		}
		shim.LockState(e.object(), true)
	}
	// What is above stops before what it feeds does: a source that pushes into an element that is off posts an error.
	l.silence(elems)
	for _, w := range feeding {
		l.giveBack(w)
	}
	l.forget(elems)
}

// silence stops elements. Errors that they post on the way are nobody's business any more.
func (l *pipeline) silence(elems []*elem) {
	l.mu.Lock()
	for _, e := range elems {
		e.ended = true
		delete(l.elems, e.Name)
	}
	l.mu.Unlock()
	for _, e := range elems {
		shim.SetState(e.object(), shim.Null)
	}
}

// giveBack unlinks a wire whose source has stopped from what it fed, and releases the pad there. A mixer or muxer goes on
// without it.
func (l *pipeline) giveBack(w *wire) {
	shim.UnlinkSink(w.dst.Unsafe())
	if shim.Requested(w.dst.Unsafe()) {
		shim.Release(w.to.object(), w.dst.Unsafe())
	}
}

// forget removes stopped elements and their wires.
func (l *pipeline) forget(elems []*elem) {
	l.mu.Lock()
	var gone []*wire
	l.wires = slices.DeleteFunc(l.wires, func(w *wire) bool {
		touched := slices.Contains(elems, w.from) || slices.Contains(elems, w.to)
		if touched {
			gone = append(gone, w)
		}
		return touched
	})
	l.delayed = slices.DeleteFunc(l.delayed, func(k *plan.Link) bool {
		return slices.ContainsFunc(elems, func(e *elem) bool { return e.Name == k.From.Of || e.Name == k.To.Of })
	})
	l.mu.Unlock()
	for _, e := range elems {
		_ = l.gst.Remove(e.gst) // it is the pipeline's: it was added
	}
	for _, w := range gone {
		w.free()
	}
	for _, e := range elems {
		e.free()
	}
}

// cut unlinks what two elements that both stay no longer share.
func (l *pipeline) cut(links []plan.Link) error {
	for i := range links {
		for _, w := range l.between(&links[i]) {
			if w.filter != nil {
				return fault.New(fault.Internal, w.from.Node, "a link with caps cannot be cut while it plays")
			}
			if entry := l.unlink(w); entry != nil {
				shim.Unref(entry)
			}
			l.giveBack(w)
			l.mu.Lock()
			l.wires = slices.DeleteFunc(l.wires, func(o *wire) bool { return o == w })
			l.mu.Unlock()
			w.free()
		}
	}
	return nil
}
