package frame

import (
	"encoding/binary"
	"io"
)

const (
	readBuffer = 64 << 10 // what a Reader holds as long as frames are small
	calmFrames = 1024     // so many small frames in a row and a buffer that had to grow is given back
	emptyReads = 100      // reads in a row that give nothing and no error, before giving up
)

// Reader takes frames off a stream. It reads ahead, as much as is there at one time, into one buffer that it uses
// again and again; it holds no more than one frame of the largest size and grows only as bytes really arrive,
// whatever length a header claims. Next belongs to one goroutine; Grant may be called from any.
type Reader struct {
	src        io.Reader
	limits     Limits
	buf        []byte
	start, end int // what is buffered
	taken      int // size of the frame given out last, still at start
	calm       int
	err        error
	credit     ledger
}

// NewReader makes a Reader. It does not close src.
func NewReader(src io.Reader, limits Limits) *Reader {
	limits = limits.orDefault()
	return &Reader{src: src, limits: limits, buf: make([]byte, readBuffer), credit: ledger{window: int64(limits.Window)}}
}

// Next gives the next frame. Its payload is valid until the next call. At the end of the stream the error is io.EOF,
// or io.ErrUnexpectedEOF within a frame; a peer that breaks the protocol or sends without credit gives
// fault.ProtocolViolation; other errors are src's own. After an error every call returns it again. Next blocks as
// src does and ends when src is closed.
func (r *Reader) Next() (Frame, error) {
	if r.err != nil {
		return Frame{}, r.err
	}
	r.release()
	f, err := r.next()
	if err != nil {
		r.err = err
		return Frame{}, err
	}
	return f, nil
}

func (r *Reader) next() (Frame, error) {
	if err := r.fill(HeaderSize); err != nil {
		return Frame{}, err
	}
	h := r.buf[r.start : r.start+HeaderSize]
	size, kind, flags, track := binary.BigEndian.Uint32(h), Kind(h[4]), h[5], binary.BigEndian.Uint16(h[6:])
	if uint64(size) > uint64(r.limits.Frame) {
		return Frame{}, violation("a %s of %d bytes, where %d are possible", kind, size, r.limits.Frame)
	}
	n := int(size)
	if err := check(kind, flags, track, n, r.limits.Frame); err != nil {
		return Frame{}, err
	}
	if kind.costs() && !r.credit.spend(track, HeaderSize+n) {
		return Frame{}, violation("a %s on track %d, which has no credit left", kind, track)
	}
	if err := r.fill(HeaderSize + n); err != nil {
		return Frame{}, err
	}
	r.taken = HeaderSize + n
	payload := r.buf[r.start+HeaderSize : r.start+r.taken : r.start+r.taken]
	return Frame{Kind: kind, Key: flags&keyFlag != 0, Recovery: flags&recoveryFlag != 0, Track: track, Payload: payload}, nil
}

// Grant lets the peer send n more bytes on a track. Call it before telling the peer by Writer.Credit. It refuses
// more than was received.
func (r *Reader) Grant(track uint16, n int) error { return r.credit.grant(track, n) }

// release forgets the frame given out last, and a buffer that has long been larger than needed.
func (r *Reader) release() {
	r.start += r.taken
	if r.taken > readBuffer {
		r.calm = 0
	} else {
		r.calm++
	}
	r.taken = 0
	if r.start > len(r.buf)/2 { // rather than read a few bytes into what room is left
		r.end = copy(r.buf, r.buf[r.start:r.end])
		r.start = 0
	}
	if len(r.buf) > readBuffer && r.calm > calmFrames && r.end-r.start <= readBuffer {
		r.move(readBuffer)
	}
}

// fill reads until n bytes are buffered.
func (r *Reader) fill(n int) error {
	for empty := 0; r.end-r.start < n; {
		switch {
		case r.end < len(r.buf) && r.start+n <= len(r.buf):
		case r.end-r.start < len(r.buf) && r.start > 0:
			copy(r.buf, r.buf[r.start:r.end])
			r.start, r.end = 0, r.end-r.start
		case r.end == len(r.buf):
			r.move(min(2*len(r.buf), max(n, readBuffer)))
		}
		got, err := r.src.Read(r.buf[r.end:])
		r.end += got
		if got > 0 {
			empty = 0
			continue // an error that came with data comes again
		}
		if err == io.EOF && r.end > r.start {
			return io.ErrUnexpectedEOF
		}
		if empty++; err == nil && empty >= emptyReads {
			err = io.ErrNoProgress
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// move takes what is buffered to a buffer of the given size.
func (r *Reader) move(size int) {
	next := make([]byte, size)
	r.end = copy(next, r.buf[r.start:r.end])
	r.start, r.buf = 0, next
}
