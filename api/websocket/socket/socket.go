// Package socket is one WebSocket of a client: whole text messages in and out, binary ones out, with bounds on everything that a
// client could make grow, probes that find out that it is gone, and a quick end. What the messages say is not its business.
//
// A socket has two goroutines: the one that calls Run reads, another one writes.
package socket

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// Why a socket ended, beside the errors of the network.
var (
	ErrClosed  = errors.New("the client closed it")
	ErrSilent  = errors.New("the client answers no probes")
	ErrSlow    = errors.New("the client does not read what is sent")
	ErrGreet   = errors.New("the client did not say who it is")
	ErrTooLong = errors.New("a message is too long")
	ErrBinary  = errors.New("a message is not text")
	ErrCut     = errors.New("the server ended it")
)

// Socket is one client's. Send, Close and Cut are safe for concurrent use.
type Socket struct {
	conn *websocket.Conn
	opt  Options

	wake chan struct{} // of the writer: there is something to send; holds one
	done chan struct{} // closed when the socket is over

	greeted bool // of the goroutine that reads

	unanswered atomic.Int32 // probes since the client was heard last

	wire   chan struct{} // holds one: whoever takes it may write frames of the WebSocket's own, or binary ones
	frames frames        // of the writer

	mu      sync.Mutex
	queue   []message
	bytes   int       // of text in queue
	media   int       // bytes of binary messages in queue
	room    func()    // is told when there is room for these; nil: nobody is
	refused bool      // there was none when somebody asked
	closing int       // status code to close with when the queue is empty; 0: not yet
	cause   error     // of closing
	last    time.Time // until when all must be sent then
	over    bool
	why     error
}

func newSocket(conn *websocket.Conn, opt Options) *Socket {
	s := &Socket{conn: conn, opt: opt, wake: make(chan struct{}, 1), done: make(chan struct{}), wire: make(chan struct{}, 1)}
	// Frames of the WebSocket's own, from clients that are not pages, show as well that somebody is there.
	conn.SetPongHandler(func(string) error {
		s.unanswered.Store(0)
		return nil
	})
	pong := conn.PingHandler()
	conn.SetPingHandler(func(data string) error {
		s.unanswered.Store(0)
		return s.alone(func() error { return pong(data) })
	})
	echo := conn.CloseHandler()
	conn.SetCloseHandler(func(code int, text string) error {
		return s.alone(func() error { return echo(code, text) })
	})
	return s
}

// Remote is the client's address.
func (s *Socket) Remote() net.Addr { return s.conn.RemoteAddr() }

// Run reads until the socket is over and says why. handle gets each message, which is its own; while it works, nothing is read.
// Run is called once; when it returns, nothing of the socket is left.
func (s *Socket) Run(handle func(message []byte)) error {
	written := make(chan struct{})
	go func() {
		defer close(written)
		s.write()
	}()
	s.end(s.read(handle))
	s.drop()
	<-written
	return s.why
}

// drop closes the connection. Nobody else does, because under TLS it may take time to say so; and to one who does not read
// nothing can be said.
func (s *Socket) drop() {
	secure, ok := s.conn.NetConn().(interface{ NetConn() net.Conn })
	if ok && (errors.Is(s.why, ErrSlow) || errors.Is(s.why, ErrSilent)) {
		secure.NetConn().Close() //nolint:errcheck,gosec // likewise
	}
	s.conn.Close() //nolint:errcheck,gosec // whatever there was to say was said
}

// Send has a message sent, after those before it. It never waits: a client who lets too many come together is cut off.
func (s *Socket) Send(text []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over || s.closing != 0 {
		return
	}
	if len(s.queue) >= s.opt.Queue || s.bytes+len(text) > s.opt.QueueBytes {
		s.endLocked(ErrSlow)
		return
	}
	s.queue = append(s.queue, message{text: text})
	s.bytes += len(text)
	s.poke()
}

// Close ends the socket with a status code (RFC 6455 7.4) once all is sent that was to be, for which there is Options.Linger.
// What the client says meanwhile is not heard any more.
func (s *Socket) Close(code int) { s.close(code, ErrCut) }

func (s *Socket) close(code int, cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing == 0 && !s.over {
		s.closing, s.cause = code, cause
		s.last = time.Now().Add(s.opt.Linger)
		_ = s.conn.NetConn().SetWriteDeadline(s.last) // of what is being written now
		s.poke()
	}
}

// Cut ends the socket at once.
func (s *Socket) Cut() { s.end(ErrCut) }

// poke wakes the writer. The caller holds s.mu.
func (s *Socket) poke() {
	select {
	case s.wake <- struct{}{}:
	default: // it will look at all there is
	}
}

// end makes the socket over; the first reason counts.
func (s *Socket) end(why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endLocked(why)
}

func (s *Socket) endLocked(why error) {
	if s.over {
		return
	}
	s.over, s.why = true, why
	s.queue, s.bytes, s.media = nil, 0, 0
	close(s.done)
	_ = s.conn.NetConn().SetDeadline(time.Unix(1, 0)) // whoever reads or writes comes back
}
