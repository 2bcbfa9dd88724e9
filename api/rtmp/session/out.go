package session

import (
	"errors"
	"maps"
	"net"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"sluice/api/rtmp/chunk"
)

const (
	// most is how much of what is no media may wait to be written: more is not for a client that reads.
	most = 1 << 20
	// atOnce is how many pieces are given to one system call; Linux takes 1024.
	atOnce = 1000
)

// Frame is one message of media whose body is shared with other connections.
type Frame struct {
	Type      uint8
	Timestamp uint32 // in milliseconds
	Body      []byte
}

// Out writes to a connection. Nothing waits in it: what the socket does not take at once is written by a goroutine that lives as
// long as there is such a rest. Safe for concurrent use.
type Out struct {
	conn  net.Conn
	raw   syscall.RawConn // nil if the connection cannot be written to without waiting, as over TLS
	limit time.Duration

	mu     sync.Mutex
	rooms  map[uint32]func() // by message stream
	size   int               // of chunks
	head   []byte
	pieces [][]byte
	rest   net.Buffers // what is to be written before anything else
	owed   int         // bytes of it that are no media
	busy   bool        // the goroutine is at work
	failed bool
	closed bool // nothing new is written
	writer sync.WaitGroup

	try func(fd uintptr) bool // writes pieces
	n   int
	err error
}

func newOut(conn net.Conn, limit time.Duration) *Out {
	o := &Out{conn: conn, limit: limit, size: 128, rooms: map[uint32]func(){}}
	if c, ok := conn.(syscall.Conn); ok {
		if raw, err := c.SyscallConn(); err == nil {
			o.raw = raw
		}
	}
	o.try = func(fd uintptr) bool {
		o.n, o.err = unix.Writev(int(fd), o.pieces[:min(len(o.pieces), atOnce)])
		return !errors.Is(o.err, unix.EINTR)
	}
	return o
}

// onRoom has f called whenever media of a stream can be written again after it was refused; nil ends that. f must not wait.
func (o *Out) onRoom(stream uint32, f func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if f == nil {
		delete(o.rooms, stream)
		return
	}
	o.rooms[stream] = f
}

// Send writes a message that is no media, on one of our chunk streams. A client that does not read is closed.
func (o *Out) Send(id uint8, m *chunk.Message) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.failed || o.closed {
		return
	}
	b := chunk.Append(nil, id, m, o.size)
	if o.owed+len(b) > most {
		o.fail()
		return
	}
	o.pieces = append(o.pieces[:0], b)
	if o.write(); len(o.rest) > 0 {
		o.owed += len(b)
	}
	if m.Type == chunk.SetChunkSize {
		o.size = ChunkSize
	}
}

// Media writes messages of a message stream, one call of the system for all. It is false if none of them was taken, because
// there is something to be written before; onRoom tells when there is not. The bodies must not be changed any more.
func (o *Out) Media(stream uint32, frames []Frame) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.failed || o.closed {
		return true // its end is told otherwise
	}
	if o.busy {
		return false
	}
	o.cut(stream, frames)
	o.write()
	return true
}

// cut makes pieces of frames: headers of our own, and the shared bodies between.
func (o *Out) cut(stream uint32, frames []Frame) {
	o.pieces = o.pieces[:0]
	need := 0
	for i := range frames {
		need += chunk.HeaderSize + 5*(len(frames[i].Body)/o.size)
	}
	if cap(o.head) < need {
		o.head = make([]byte, 0, need)
	}
	o.head = o.head[:0] // and never grows, so that pieces stay where they are
	for i := range frames {
		f := &frames[i]
		id := uint8(onVideo)
		switch f.Type {
		case chunk.Audio:
			id = onAudio
		case chunk.DataAMF0:
			id = onData
		}
		at := len(o.head)
		o.head = chunk.AppendHead(o.head, id, &chunk.Message{Type: f.Type, Stream: stream, Timestamp: f.Timestamp}, len(f.Body))
		body := f.Body
		for {
			n := min(o.size, len(body))
			o.pieces = append(o.pieces, o.head[at:len(o.head):len(o.head)], body[:n])
			if body = body[n:]; len(body) == 0 {
				break
			}
			at = len(o.head)
			o.head = chunk.AppendNext(o.head, id, f.Timestamp)
		}
	}
}

// write writes the pieces, or keeps them.
func (o *Out) write() {
	for !o.busy && o.raw != nil && len(o.pieces) > 0 {
		if err := o.raw.Write(o.try); err != nil {
			o.fail()
			return
		}
		if o.err != nil && !errors.Is(o.err, unix.EAGAIN) {
			o.fail()
			return
		}
		if o.n = max(o.n, 0); o.n == 0 {
			break
		}
		o.pieces = skip(o.pieces, o.n)
	}
	if len(o.pieces) == 0 || o.failed {
		return
	}
	o.rest = append(o.rest, o.pieces...)
	o.head, o.pieces = nil, nil // the rest has them now
	if !o.busy {
		o.busy = true
		o.writer.Go(o.flush)
	}
}

// skip leaves n bytes out.
func skip(pieces [][]byte, n int) [][]byte {
	for len(pieces) > 0 && n >= len(pieces[0]) {
		n -= len(pieces[0])
		pieces = pieces[1:]
	}
	if n > 0 {
		pieces[0] = pieces[0][n:]
	}
	return pieces
}

// flush writes the rest, however long that takes.
func (o *Out) flush() {
	for {
		o.mu.Lock()
		rest := o.rest
		o.rest, o.owed = nil, 0
		if len(rest) == 0 || o.failed {
			o.busy = false
			rooms := slices.Collect(maps.Values(o.rooms))
			o.mu.Unlock()
			for _, room := range rooms {
				room()
			}
			return
		}
		o.mu.Unlock()
		err := o.conn.SetWriteDeadline(time.Now().Add(o.limit))
		if err == nil {
			_, err = rest.WriteTo(o.conn)
		}
		if err == nil {
			err = o.conn.SetWriteDeadline(time.Time{}) // or the next attempt without waiting would fail
		}
		if err != nil {
			o.mu.Lock()
			o.fail()
			o.mu.Unlock()
		}
	}
}

// fail gives the connection up: who reads from it hears of it.
func (o *Out) fail() {
	o.failed = true
	o.rest, o.owed, o.pieces = nil, 0, nil
	_ = o.conn.Close() // nothing can be done about it
}

// drain takes nothing any more, and waits until everything is written or the connection has failed.
func (o *Out) drain() {
	o.mu.Lock()
	o.closed = true
	o.mu.Unlock()
	o.writer.Wait()
}
