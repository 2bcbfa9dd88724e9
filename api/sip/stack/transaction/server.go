package transaction

import (
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/engine/fault"
)

// Watcher hears of a server transaction. Its methods are called while the transaction holds its lock: they must not wait, nor call the
// transaction.
type Watcher interface {
	// Answered tells that the final answer was given.
	Answered()
	// Unheard tells that no ACK came to a 2xx.
	Unheard()
	// Forget tells that nothing that belongs to the transaction is expected any more.
	Forget()
}

// Server is a request that came in, with its answers. Safe for concurrent use.
type Server struct {
	watcher Watcher
	out     Out
	times   Timers
	invite  bool
	tag     string

	mu      sync.Mutex
	state   state
	request *sip.Request
	last    []byte // answer that is repeated
	every   time.Duration
	repeat  *time.Timer
	limit   *time.Timer
	acked   bool
}

// NewServer makes the transaction of a request. tag is for To in its answers, if the request has none there.
func NewServer(r *sip.Request, tag string, out Out, times Timers, watcher Watcher) *Server {
	s := &Server{watcher: watcher, out: out, times: times, invite: r.Method == sip.INVITE, tag: tag, request: r, every: times.T1}
	if r.To().Params.Has("tag") {
		s.tag = ""
	}
	if s.invite {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.repeat = time.AfterFunc(trying, s.try)
	}
	return s
}

// try answers 100 if nobody answered anything else.
func (s *Server) try() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == calling && s.last == nil {
		_ = s.respond(sip.NewResponseFromRequest(s.request, sip.StatusTrying, "Trying", nil))
	}
}

// Respond sends an answer. A second final one fails with a fault, except a 2xx to an INVITE again.
func (s *Server) Respond(res *sip.Response) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.respond(s.tagged(res))
}

// tagged gives all answers one tag, unless the request had it already (RFC 3261 8.2.6.2). sipgo makes one for each.
func (s *Server) tagged(res *sip.Response) *sip.Response {
	if to := res.To(); to != nil && s.tag != "" && res.StatusCode != sip.StatusTrying {
		to.Params.Add("tag", s.tag)
	}
	return res
}

func (s *Server) respond(res *sip.Response) error {
	if s.state > proceeding {
		return fault.New(fault.Closed, "", "%s has its final answer already", s.method())
	}
	s.last = text(res)
	err := s.out.Send(s.last)
	switch {
	case res.IsProvisional():
		s.state = proceeding
		return err
	case !s.invite:
		s.complete(s.times.Long())
	case res.IsSuccess():
		s.state = accepted
		s.answered()
		// Its core, not the transport, repeats a 2xx, over TCP as well: RFC 3261 13.3.1.4.
		s.repeat = time.AfterFunc(s.every, s.again)
		s.limit = time.AfterFunc(s.times.Long(), s.expire)
	default:
		s.complete(s.times.Long())
		if !s.out.Reliable() {
			s.repeat = time.AfterFunc(s.every, s.again)
		}
	}
	return err
}

// complete waits for repetitions of the request, or for the ACK.
func (s *Server) complete(long time.Duration) {
	s.state = completed
	s.answered()
	if s.out.Reliable() && !s.invite {
		s.end()
		return
	}
	s.limit = time.AfterFunc(long, s.expire)
}

func (s *Server) answered() {
	if s.repeat != nil {
		s.repeat.Stop()
	}
	s.watcher.Answered()
}

// again repeats the final answer to an INVITE (timer G, and that of 13.3.1.4).
func (s *Server) again() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.acked || s.state != accepted && s.state != completed {
		return
	}
	_ = s.out.Send(s.last)
	s.every = min(2*s.every, s.times.T2)
	s.repeat.Reset(s.every)
}

// Repeated tells that the request came again.
func (s *Server) Repeated() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != terminated && s.state != accepted && s.last != nil { // RFC 6026: repeated INVITEs are absorbed once there was a 2xx
		_ = s.out.Send(s.last)
	}
}

// Ack tells of an ACK with the transaction's branch, and whether it was for its answer. Those to a 2xx are for the call.
func (s *Server) Ack() (mine bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != completed || s.acked {
		return s.state == completed
	}
	s.acked = true
	if s.repeat != nil {
		s.repeat.Stop()
	}
	if s.out.Reliable() {
		s.end()
		return true
	}
	s.limit.Reset(s.times.T4) // timer I
	return true
}

// Cancel answers 487 if no final answer was there, and tells whether it did.
func (s *Server) Cancel() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.invite || s.state > proceeding {
		return false
	}
	res := sip.NewResponseFromRequest(s.request, sip.StatusRequestTerminated, "Request Terminated", nil)
	_ = s.respond(s.tagged(res))
	return true
}

// Acknowledged tells that the ACK to a 2xx came.
func (s *Server) Acknowledged() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == accepted && !s.acked {
		s.acked = true
		s.repeat.Stop()
	}
}

func (s *Server) expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == accepted && !s.acked {
		s.watcher.Unheard()
	}
	s.end()
}

// End ends the transaction: the stack stops.
func (s *Server) End() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end()
}

func (s *Server) end() {
	if s.state == terminated {
		return
	}
	unanswered := s.state <= proceeding
	s.state = terminated
	for _, t := range []*time.Timer{s.repeat, s.limit} {
		if t != nil {
			t.Stop()
		}
	}
	if unanswered {
		s.watcher.Answered()
	}
	s.watcher.Forget()
}

func (s *Server) method() string {
	if s.invite {
		return "the INVITE"
	}
	return "the request"
}
