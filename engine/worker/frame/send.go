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
	for w.err == nil && len(w.control.waiting)+len(w.media.waiting) > 0 {
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
