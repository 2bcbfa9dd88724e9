package socket

import (
	"errors"
	"io"
	"net"
	"time"

	"github.com/gorilla/websocket"
)

// read hands over messages until there are no more.
func (s *Socket) read(handle func([]byte)) error {
	pace := pace{rate: s.opt.Rate, burst: s.opt.Burst, tokens: float64(s.opt.Burst), last: time.Now()}
	s.deadline(time.Now().Add(s.opt.Greet))
	for {
		message, err := s.next()
		switch {
		case errors.Is(err, ErrTooLong):
			s.refuse(websocket.CloseMessageTooBig, err)
		case errors.Is(err, ErrBinary):
			s.refuse(websocket.CloseUnsupportedData, err)
		case !s.greeted && isTimeout(err) && s.open():
			s.refuse(websocket.ClosePolicyViolation, ErrGreet)
			s.drain() // gorilla reads no more after an error
			return ErrGreet
		case err != nil:
			return s.explain(err)
		case !s.open(): // what comes after our Close counts no more
		default:
			s.unanswered.Store(0) // whatever a client says, it is there
			handle(message)
		}
		if wait := pace.take(time.Now()); wait > 0 && !s.rest(wait) {
			return ErrCut
		}
	}
}

// next reads one message. The deadlines are the reader's until Close was asked for.
func (s *Socket) next() ([]byte, error) {
	kind, r, err := s.conn.NextReader()
	if err != nil {
		return nil, err
	}
	if kind != websocket.TextMessage {
		return nil, ErrBinary
	}
	if s.greeted {
		s.deadline(time.Now().Add(s.opt.Body))
	}
	// Not websocket.Conn.SetReadLimit: that says Close itself, before anybody can tell the page why.
	message, err := io.ReadAll(io.LimitReader(r, int64(s.opt.Message)+1))
	switch {
	case err != nil:
		return nil, err
	case len(message) > s.opt.Message:
		return nil, ErrTooLong
	}
	if s.greeted {
		s.deadline(time.Time{})
	}
	return message, nil
}

// Greeted says that the client said who it is: it may be silent from now on. It is called by what Run hands messages to.
func (s *Socket) Greeted() {
	s.greeted = true
	s.deadline(time.Time{})
}

// refuse tells a client what is wrong, and closes.
func (s *Socket) refuse(code int, why error) {
	if s.opt.Refuse != nil {
		s.Send(s.opt.Refuse(why))
	}
	s.close(code, why)
}

// drain reads what comes until the client closes or goodbye's time is over.
func (s *Socket) drain() {
	_ = s.conn.NetConn().SetReadDeadline(time.Now().Add(s.opt.Linger))
	_, _ = io.Copy(io.Discard, s.conn.NetConn())
}

// deadline sets until when reading may take, unless goodbye or end have.
func (s *Socket) deadline(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing == 0 && !s.over {
		_ = s.conn.SetReadDeadline(t)
	}
}

// open tells whether the socket is to go on.
func (s *Socket) open() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closing == 0 && !s.over
}

// rest waits, so that a client who sends too much is read slowly, and TCP holds him up. It tells whether the socket goes on.
func (s *Socket) rest(wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.done:
		return false
	}
}

// explain finds out why reading ended.
func (s *Socket) explain(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var frame *websocket.CloseError
	switch {
	case s.cause != nil:
		return s.cause
	case errors.As(err, &frame) && frame.Code != websocket.CloseAbnormalClosure:
		return ErrClosed
	case errors.Is(err, io.EOF), errors.As(err, &frame):
		return io.ErrUnexpectedEOF
	}
	return err
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

// pace is a bucket of tokens, one for each message.
type pace struct {
	rate, burst int
	tokens      float64
	last        time.Time
}

// take takes a token and says how long to wait until there is the next one.
func (p *pace) take(now time.Time) time.Duration {
	p.tokens = min(p.tokens+now.Sub(p.last).Seconds()*float64(p.rate), float64(p.burst)) - 1
	p.last = now
	if p.tokens >= 0 {
		return 0
	}
	return time.Duration(-p.tokens / float64(p.rate) * float64(time.Second))
}
