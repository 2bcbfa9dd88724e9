package frame

import (
	"encoding/binary"
	"fmt"
)

const (
	writeBatch = 64 << 10 // media handed to one Write: what control may have to wait for
	keepBuffer = 1 << 20  // a larger buffer is not kept once it is empty
)

// lane is a queue of whole frames in two buffers, one filling while the other is sent.
type lane struct{ waiting, spare []byte }

// take hands over what is waiting and goes on with the spare buffer.
func (l *lane) take() []byte {
	out := l.waiting
	l.waiting, l.spare = l.spare[:0], nil
	return out
}

// recycle takes back the buffer that take handed over.
func (l *lane) recycle(b []byte) {
	if cap(b) <= keepBuffer {
		l.spare = b[:0]
	}
}

// Send sends what is waiting, control first, and what comes meanwhile. While another goroutine is sending, it returns
// at once and that one takes this caller's frames along. An error of the stream is returned by this and every later
// call of any method.
func (w *Writer) Send() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.sending {
		return w.err
	}
	w.sending = true
	for w.err == nil && w.waits() {
		w.sendRest()
		w.sendControl()
		batch := w.media.take()
		for rest := batch; len(rest) > 0 && w.err == nil; {
			n := wholeFrames(rest)
			w.write(rest[:n])
			rest = rest[n:]
			w.sendControl()
		}
		w.media.recycle(batch)
	}
	w.sending = false
	return w.err
}

// Trier is a stream that can be asked to take what it takes without waiting, which may be less than all, or nothing.
type Trier interface {
	TryWrite(b []byte) (int, error)
}

// Try sends what is waiting as far as dst takes it at once; it never blocks. False means that something is left: call
// Send. A dst that is no Trier takes nothing. Errors are as those of Send.
func (w *Writer) Try() (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t, ok := w.dst.(Trier)
	if w.sending || w.err != nil {
		return true, w.err // whoever sends will find it
	}
	if !ok || len(w.control.waiting)+len(w.media.waiting) > writeBatch {
		return !w.waits(), nil
	}
	w.sending = true
	for _, l := range []*lane{&w.control, &w.media} {
		if len(w.rest) > 0 || len(l.waiting) == 0 || w.err != nil {
			continue
		}
		out := l.take()
		n := w.try(t, out)
		w.rest = append(w.rest, out[n:]...)
		l.recycle(out)
	}
	w.sending = false
	return !w.waits(), w.err
}

// try lets go of the lock while dst works.
func (w *Writer) try(t Trier, b []byte) int {
	w.mu.Unlock()
	n, err := t.TryWrite(b)
	w.mu.Lock()
	if err != nil {
		w.err = fmt.Errorf("write to the other end: %w", err)
	}
	return n
}

// waits tells whether anything is waiting.
func (w *Writer) waits() bool { return len(w.rest)+len(w.control.waiting)+len(w.media.waiting) > 0 }

// sendRest sends what Try has begun; it is the rest of a frame, so nothing may come before.
func (w *Writer) sendRest() {
	if len(w.rest) == 0 {
		return
	}
	out := w.rest
	w.rest = nil
	w.write(out)
	if cap(out) <= keepBuffer {
		w.rest = out[:0]
	}
}

func (w *Writer) sendControl() {
	for w.err == nil && len(w.control.waiting) > 0 {
		out := w.control.take()
		w.write(out)
		w.control.recycle(out)
	}
}

// write lets go of the lock while dst works.
func (w *Writer) write(b []byte) {
	w.mu.Unlock()
	_, err := w.dst.Write(b)
	w.mu.Lock()
	if err != nil {
		w.err = fmt.Errorf("write to the other end: %w", err)
	}
}

// wholeFrames gives the size of the frames at the front of b that fit into one batch, but at least of one.
func wholeFrames(b []byte) int {
	n := 0
	for n < len(b) {
		size := HeaderSize + int(binary.BigEndian.Uint32(b[n:]))
		if n > 0 && n+size > writeBatch {
			break
		}
		n += size
	}
	return n
}
