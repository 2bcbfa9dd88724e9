package chunk

import (
	"bufio"
	"encoding/binary"
	"io"
	"sync/atomic"
)

// Bounds are how much a peer may have us hold.
type Bounds struct {
	Message int // bytes of one message, at most
	Held    int // bytes of all messages that are not whole yet
	Streams int // chunk streams
}

// Usual are bounds for media: key frames of 4K video are below 4 MiB.
func Usual() Bounds {
	const mebi = 1 << 20
	return Bounds{Message: 8 * mebi, Held: 12 * mebi, Streams: 64}
}

// Reader puts messages together. One goroutine at a time, but for Allow.
type Reader struct {
	in      *bufio.Reader
	bounds  atomic.Pointer[Bounds]
	size    int // of chunks
	held    int
	streams map[uint32]*stream
}

// stream is a chunk stream: what its next headers leave out is as it was.
type stream struct {
	Message
	length   int
	delta    uint32
	extended uint32 // the value that stands behind the header
	isLong   bool   // there is one
	begun    bool   // a header has come
}

// NewReader reads from in. What is read at a time is not much; more than a few bytes pass it by.
func NewReader(in io.Reader, b Bounds) *Reader {
	const buffer = 8 << 10
	r := &Reader{in: bufio.NewReaderSize(in, buffer), size: firstSize, streams: map[uint32]*stream{}}
	r.Allow(b)
	return r
}

// Allow changes the bounds for what is read from now on. It may be called while something is read.
func (r *Reader) Allow(b Bounds) { r.bounds.Store(&b) }

// SetSize takes the size of chunks that the peer has announced.
func (r *Reader) SetSize(n uint32) error {
	if n == 0 || n > maxSize {
		return bad("chunks of %d bytes", n)
	}
	r.size = int(n)
	return nil
}

// Abort forgets what has come of a message.
func (r *Reader) Abort(id uint32) {
	if s := r.streams[id]; s != nil {
		r.held -= len(s.Body)
		s.Body = nil
	}
}

// Next reads the next message, whose body is the caller's. What is not of the protocol or out of bounds is
// fault.ProtocolViolation, and nothing can be read after it.
func (r *Reader) Next() (Message, error) {
	for {
		s, err := r.chunk()
		if err != nil {
			return Message{}, err
		}
		if len(s.Body) < s.length {
			continue
		}
		m := s.Message
		r.held -= len(m.Body)
		s.Body = nil
		return m, nil
	}
}

// chunk reads one chunk.
func (r *Reader) chunk() (*stream, error) {
	format, id, err := r.basic()
	if err != nil {
		return nil, err
	}
	s := r.streams[id]
	if s == nil {
		if most := r.bounds.Load().Streams; len(r.streams) >= most {
			return nil, bad("more than %d chunk streams", most)
		}
		s = &stream{}
		r.streams[id] = s
	}
	if err := r.header(s, format); err != nil {
		return nil, err
	}
	n := min(r.size, s.length-len(s.Body))
	if r.held += n; r.held > r.bounds.Load().Held {
		return nil, bad("more than %d bytes of unfinished messages", r.bounds.Load().Held)
	}
	at := len(s.Body)
	s.grow(at + n)
	_, err = io.ReadFull(r.in, s.Body[at:])
	return s, err
}

// grow makes the body n bytes long. What a peer announces it gets little by little, and in the end not a byte more than it is.
func (s *stream) grow(n int) {
	const first = 64 << 10
	if n > cap(s.Body) || s.Body == nil {
		body := make([]byte, len(s.Body), min(s.length, max(first, 2*cap(s.Body), n)))
		copy(body, s.Body)
		s.Body = body
	}
	s.Body = s.Body[:n]
}

// basic reads the basic header (5.3.1.1).
func (r *Reader) basic() (format byte, id uint32, err error) {
	b, err := r.in.ReadByte()
	if err != nil {
		return 0, 0, err
	}
	format, id = b>>6, uint32(b&0x3f)
	const first = 64
	switch id {
	case 0:
		b, err = r.in.ReadByte()
		return format, first + uint32(b), err
	case 1:
		var two [2]byte
		_, err = io.ReadFull(r.in, two[:])
		return format, first + uint32(two[0]) + uint32(two[1])<<8, err
	}
	return format, id, nil
}

// header reads the message header (5.3.1.2) and the extended timestamp.
func (r *Reader) header(s *stream, format byte) error {
	const none = 3
	if !s.begun && format != 0 {
		return bad("a chunk stream that begins without a whole header")
	}
	if format == none {
		return r.again(s)
	}
	if s.Body != nil { // nobody should, but what follows is a message of its own
		r.held -= len(s.Body)
		s.Body = nil
	}
	var buf [11]byte
	h := buf[:[]int{11, 7, 3}[format]]
	if _, err := io.ReadFull(r.in, h); err != nil {
		return err
	}
	stamp := uint32(h[0])<<16 | uint32(h[1])<<8 | uint32(h[2])
	if s.isLong = stamp == extended; s.isLong {
		var long [4]byte
		if _, err := io.ReadFull(r.in, long[:]); err != nil {
			return err
		}
		stamp = binary.BigEndian.Uint32(long[:])
		s.extended = stamp
	}
	if format <= 1 {
		s.length, s.Type = int(h[3])<<16|int(h[4])<<8|int(h[5]), h[6]
		if s.length > r.bounds.Load().Message {
			return bad("a message of %d bytes", s.length)
		}
	}
	if format == 0 {
		s.Stream = binary.LittleEndian.Uint32(h[7:])
		s.Timestamp, s.delta, s.begun = stamp, 0, true
		return nil
	}
	s.delta = stamp
	s.Timestamp += stamp
	return nil
}

// again takes a chunk without a header: the next one of its message, or the first of one like the one before.
func (r *Reader) again(s *stream) error {
	if s.isLong {
		// 5.3.1.3 wants the timestamp here, too, but not everybody writes it. gortmplib (1.0.0) writes zeros, which pictures do not
		// have four of.
		next, err := r.in.Peek(4)
		if err != nil {
			return err
		}
		if n := binary.BigEndian.Uint32(next); n == s.extended || n == 0 {
			_, _ = r.in.Discard(len(next)) // they are there
		}
	}
	if s.Body == nil {
		// Behind a whole header 5.3.1.2.4 wants its timestamp for the delta, but librtmp and nginx-rtmp mean none.
		s.Timestamp += s.delta
	}
	return nil
}
