//go:build cgo && !nogst

package pipeline

import (
	"context"
	"slices"
	"time"

	"sluice/engine/gst/shim"
	"sluice/engine/plan"
)

// Lose takes a branch that failed out at once, with the branches in it.
func (l *Pipeline) Lose(branch string) {
	l.mu.Lock()
	var gone []*elem
	for _, e := range l.elems {
		if Within(e.Branch, branch) {
			gone = append(gone, e)
		}
	}
	l.mu.Unlock()
	l.take(gone)
	l.mu.Lock()
	for name := range l.ailing {
		if Within(name, branch) {
			delete(l.ailing, name)
		}
	}
	l.lost++
	l.mu.Unlock()
	l.rouse()
}

// leave takes elements out of a pipeline that plays. Their media ends properly: what feeds them is unlinked, the stream
// behind ends, and sinks among them have time to finish, though not all that ctx has: they have to be taken out in it, too.
func (l *Pipeline) leave(ctx context.Context, gone []plan.Element) {
	elems := l.named(gone)
	if len(elems) == 0 {
		return
	}
	l.mu.Lock()
	waits := false
	for _, e := range elems {
		e.leaving = true
		waits = waits || e.sink
	}
	l.mu.Unlock()
	for _, w := range l.touching(elems) {
		if slices.Contains(elems, w.to) && !slices.Contains(elems, w.from) {
			l.endBehind(l.unlink(w))
		}
	}
	for _, e := range elems {
		switch {
		case e.inlet != nil:
			e.inlet.Detach(e.object())
			shim.EndFeed(e.object())
		case e.source && waits:
			shim.End(e.object())
		}
	}
	if waits {
		ctx, cancel := Patience(ctx)
		defer cancel()
		l.await(ctx, func(e *elem) bool { return slices.Contains(elems, e) })
	}
	l.take(elems)
}

// Patience is most of the time that a context has left: what has to end in it leaves the rest to what comes after.
func Patience(ctx context.Context) (context.Context, context.CancelFunc) {
	const share = 4 // one part in so many is left
	if end, ok := ctx.Deadline(); ok {
		return context.WithTimeout(ctx, time.Until(end)*(share-1)/share)
	}
	return context.WithCancel(ctx)
}

// endBehind ends the stream behind a sink pad, whose share it takes over, without waiting for it; pad may be nil.
func (l *Pipeline) endBehind(pad shim.Object) {
	if pad == nil {
		return
	}
	l.work.Go(func() {
		defer shim.Unref(pad)
		shim.EndPad(pad)
	})
}

// touching lists the wires of elements, also those to or from others.
func (l *Pipeline) touching(elems []*elem) []*wire {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []*wire
	for _, w := range l.wires {
		if slices.Contains(elems, w.from) || slices.Contains(elems, w.to) {
			list = append(list, w)
		}
	}
	return list
}

// unlink takes a wire off its source pad while nothing passes, and gives the sink pad that it fed, which the caller
// unrefs; nil if it fed none. A pad that was made for it goes.
func (l *Pipeline) unlink(w *wire) shim.Object {
	if w.cut {
		return nil
	}
	w.cut = true
	l.loosen(w)
	peer := shim.UnlinkIdle(w.src)
	if shim.Requested(w.src) {
		shim.Release(w.from.object(), w.src)
	}
	return peer
}

// loosen lets the first queue behind a wire take whatever comes: one that is full because what is behind it takes nothing
// would hold what is before the wire for ever. It is never much that comes before the wire is off.
func (l *Pipeline) loosen(w *wire) {
	for e := w.to; e != nil; {
		if e.Role == plan.RoleQueue {
			for _, limit := range []string{"max-size-time", "max-size-bytes", "max-size-buffers"} {
				shim.Set(e.object(), limit, "0", true)
			}
			return
		}
		if e.Role != plan.RoleGuard {
			return
		}
		e = l.after(e)
	}
}

// after is what an element feeds; nil if nothing.
func (l *Pipeline) after(e *elem) *elem {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range l.wires {
		if w.from == e {
			return w.to
		}
	}
	return nil
}

// take removes elements at once: they stop where they are. Links to others are undone and pads given back; what enforced
// caps for them goes too.
func (l *Pipeline) take(elems []*elem) {
	if len(elems) == 0 {
		return
	}
	wires := l.touching(elems)
	mine := slices.Clone(elems)
	for _, w := range wires {
		if w.filter != nil && !slices.Contains(mine, w.filter) { // in a branch that is lost it is one of those that go
			mine = append(mine, w.filter)
		}
	}
	for _, w := range wires {
		if !slices.Contains(elems, w.from) {
			if entry := l.unlink(w); entry != nil {
				shim.Unref(entry)
			}
		}
	}
	for _, e := range mine {
		if e.inlet != nil {
			e.inlet.Detach(e.object())
		}
	}
	// What is above stops before what it feeds does: a source that pushes into an element that is off posts an error.
	l.silence(mine)
	for _, w := range wires {
		if !slices.Contains(elems, w.to) && !l.fadeOut(w) {
			l.giveBack(w)
		}
	}
	l.forget(mine)
}

// silence stops elements. Errors that they post on the way are nobody's business any more.
func (l *Pipeline) silence(elems []*elem) {
	l.mu.Lock()
	for _, e := range elems {
		if l.elems[e.Name] == e {
			delete(l.elems, e.Name)
		}
	}
	l.mu.Unlock()
	l.rouse()
	for _, e := range elems {
		shim.LockState(e.object(), true)
		shim.SetState(e.object(), shim.Null)
	}
}

// remove takes out elements that have no wires.
func (l *Pipeline) remove(elems []*elem) {
	l.silence(elems)
	l.forget(elems)
}

// giveBack unlinks a wire whose source has stopped from what it fed, and releases the pad there. A mixer or muxer goes on
// without it.
func (l *Pipeline) giveBack(w *wire) {
	shim.UnlinkSink(w.dst)
	if shim.Requested(w.dst) {
		shim.Release(w.to.object(), w.dst)
	}
}

// forget removes stopped elements and their wires.
func (l *Pipeline) forget(elems []*elem) {
	gone := l.touching(elems)
	l.mu.Lock()
	l.wires = slices.DeleteFunc(l.wires, func(w *wire) bool { return slices.Contains(gone, w) })
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
func (l *Pipeline) cut(links []plan.Link) {
	for i := range links {
		for _, w := range l.between(&links[i]) {
			if entry := l.unlink(w); entry != nil {
				shim.Unref(entry)
			}
			l.giveBack(w)
			l.mu.Lock()
			l.wires = slices.DeleteFunc(l.wires, func(o *wire) bool { return o == w })
			l.mu.Unlock()
			if w.filter != nil {
				l.remove([]*elem{w.filter})
			}
			w.free()
		}
	}
}
