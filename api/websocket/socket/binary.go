package socket

import (
	"encoding/binary"
	"net"
	"time"
)

// message is what waits to be sent: a text, or a binary message in pieces.
type message struct {
	text   []byte
	pieces [][]byte // of memory that others may share; nil if it is text
	size   int      // of the pieces together
}

const (
	// most messages and bytes that one write takes together: much more would not be written any faster.
	mostTogether, mostBytes = 64, 256 << 10
	// headerSize is the most that a header of a server's frame takes (RFC 6455 5.2).
	headerSize = 10
	// binaryFrame begins a frame that is a whole binary message.
	binaryFrame = 0x82
)

// OnRoom sets what is called when binary messages may be sent again after Full was true. It is called by the goroutine that
// writes, and must not wait.
func (s *Socket) OnRoom(room func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.room = room
}

// Full tells whether as many binary messages wait as may; when that is over, what OnRoom set is called.
func (s *Socket) Full() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over || s.closing != 0 {
		return false // they go nowhere
	}
	full := s.media >= s.opt.MediaBytes || len(s.queue) >= s.opt.Queue/2
	s.refused = s.refused || full
	return full
}

// SendBinary has a binary message sent, after those before it. It never waits, and refuses nothing: that is for who asks Full
// before. The pieces are not copied, so nobody may change them any more; several sockets may share them.
func (s *Socket) SendBinary(pieces [][]byte) {
	size := 0
	for _, p := range pieces {
		size += len(p)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over || s.closing != 0 {
		return
	}
	s.queue = append(s.queue, message{pieces: pieces, size: size})
	s.media += size
	s.poke()
}

// together is how many messages of a batch, whose first is binary, go into one write.
func together(batch []message) int {
	n, bytes := 0, 0
	for n < len(batch) && n < mostTogether && batch[n].pieces != nil && (n == 0 || bytes+batch[n].size <= mostBytes) {
		bytes += batch[n].size
		n++
	}
	return n
}

// frames is what the writer needs to write binary messages, kept for the next time.
type frames struct {
	heads []byte   // of the frames
	list  [][]byte // heads and pieces in turn
	whole []byte   // all of it, for connections that take one piece at a time
}

// lay puts the frames of some messages one after the other.
func (f *frames) lay(batch []message) {
	if cap(f.heads) < mostTogether*headerSize {
		f.heads = make([]byte, 0, mostTogether*headerSize) // it must not move while list refers to it
	}
	f.heads, f.list = f.heads[:0], f.list[:0]
	for _, m := range batch {
		begin := len(f.heads)
		f.heads = header(f.heads, m.size)
		f.list = append(f.list, f.heads[begin:len(f.heads):len(f.heads)])
		f.list = append(f.list, m.pieces...)
	}
}

// header appends that of a binary message of a size.
func header(b []byte, size int) []byte {
	b = append(b, binaryFrame)
	switch {
	case size < 126:
		return append(b, byte(size))
	case size < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, 126), uint16(size))
	}
	return binary.BigEndian.AppendUint64(append(b, 127), uint64(size))
}

// forget lets go of what was sent.
func (f *frames) forget() {
	clear(f.list)
	if cap(f.whole) > 2*mostBytes {
		f.whole = nil
	}
}

// sendBinary writes binary messages, each as one frame, past gorilla, which would copy each of them into its buffer and cut it
// into frames there: one system call for all of them, and no copy where the connection is plain TCP.
func (s *Socket) sendBinary(batch []message) bool {
	s.frames.lay(batch)
	defer s.frames.forget()
	select {
	case s.wire <- struct{}{}:
	case <-s.done:
		return false
	}
	defer func() { <-s.wire }()
	conn := s.conn.NetConn()
	_ = conn.SetWriteDeadline(s.until()) // cannot fail
	if tcp := plain(conn); tcp != nil {
		buffers := net.Buffers(s.frames.list)
		_, err := buffers.WriteTo(tcp)
		return s.check(err)
	}
	whole := s.frames.whole[:0]
	for _, piece := range s.frames.list {
		whole = append(whole, piece...)
	}
	s.frames.whole = whole
	_, err := conn.Write(whole)
	return s.check(err)
}

// plain is the TCP connection that is written to, if nothing is done with the bytes on their way to it.
func plain(conn net.Conn) *net.TCPConn {
	if wrapped, ok := conn.(interface{ Plain() net.Conn }); ok {
		conn = wrapped.Plain()
	}
	tcp, _ := conn.(*net.TCPConn)
	return tcp
}

// alone writes a frame of the WebSocket's own from the goroutine that reads, while the other one writes no binary message. Like
// gorilla's, it is left out if that takes long: nothing can be said to somebody who does not read.
func (s *Socket) alone(write func() error) error {
	timer := time.NewTimer(time.Second)
	defer timer.Stop()
	select {
	case s.wire <- struct{}{}:
		defer func() { <-s.wire }()
		return write()
	case <-timer.C:
	case <-s.done:
	}
	return nil
}
