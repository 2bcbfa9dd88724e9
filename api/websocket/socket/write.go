package socket

import (
	"time"

	"github.com/gorilla/websocket"
)

// write is the goroutine that sends messages and probes.
func (s *Socket) write() {
	probe := make(<-chan time.Time)
	if s.opt.Algorithm != None {
		ticker := time.NewTicker(s.opt.Every)
		defer ticker.Stop()
		probe = ticker.C
	}
	for {
		select {
		case <-s.done:
			return
		case <-probe:
			s.probe()
		case <-s.wake:
			if !s.flush() {
				return // nothing may follow a Close
			}
		}
	}
}

// probe asks whether the client is there.
func (s *Socket) probe() {
	if int(s.unanswered.Add(1)) > s.opt.Probes {
		s.end(ErrSilent)
		return
	}
	if s.opt.Algorithm == Internal {
		s.check(s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(s.opt.Write)))
		return
	}
	s.send(s.opt.Probe)
}

// flush sends what waits, and the end if it is to come. It tells whether more can be sent.
func (s *Socket) flush() bool {
	for {
		batch, code := s.take()
		if len(batch) == 0 {
			if code != 0 {
				s.goodbye(code)
			}
			return code == 0
		}
		if !s.sendAll(batch) {
			return false
		}
	}
}

// sendAll sends messages in their order, binary ones that follow each other together. It tells whether more can be sent.
func (s *Socket) sendAll(batch []message) bool {
	for len(batch) > 0 {
		if text := batch[0].text; batch[0].pieces == nil {
			if !s.send(text) {
				return false
			}
			batch = batch[1:]
			continue
		}
		n := together(batch)
		if !s.sendBinary(batch[:n]) {
			return false
		}
		batch = batch[n:]
	}
	return true
}

// take takes all that waits, and the status code to close with.
func (s *Socket) take() ([]message, int) {
	s.mu.Lock()
	batch, code, room := s.queue, s.closing, s.room
	if !s.refused {
		room = nil
	}
	s.queue, s.bytes, s.media, s.refused = nil, 0, 0, false
	s.mu.Unlock()
	if room != nil {
		room()
	}
	return batch, code
}

func (s *Socket) send(message []byte) bool {
	_ = s.conn.SetWriteDeadline(s.until()) // cannot fail
	return s.check(s.conn.WriteMessage(websocket.TextMessage, message))
}

// until is when a message must be sent that is sent now.
func (s *Socket) until() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing != 0 {
		return s.last
	}
	return time.Now().Add(s.opt.Write)
}

// goodbye says Close. The reader hears the client's own, which ends the socket; a client that says none is not waited for long.
// Closing without waiting would have TCP throw away what was sent if anything came meanwhile that nobody read.
func (s *Socket) goodbye(code int) {
	_ = s.conn.SetReadDeadline(time.Now().Add(s.opt.Linger))
	s.check(s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(s.opt.Linger)))
}

// check ends the socket if something could not be sent.
func (s *Socket) check(err error) bool {
	if err == nil {
		return true
	}
	if isTimeout(err) {
		err = ErrSlow // unless it is over already, and end does nothing
	}
	s.end(err)
	return false
}
