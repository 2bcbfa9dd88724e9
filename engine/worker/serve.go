package worker

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"sync"
	"syscall"
	"time"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/worker/frame"
	"sluice/engine/worker/process"
	"sluice/engine/worker/seal"
	"sluice/engine/worker/socket"
	"sluice/engine/worker/wire"
)

// ServeOptions are what a worker serves with.
type ServeOptions struct {
	Open run.Open
	// Warm makes later starts quicker. It is called once, in a goroutine of its own, some time after the server was greeted,
	// and may be at work while instances start. It may be nil.
	Warm  func()
	Grace time.Duration // that Runtimes have to stop when the socket has closed; 0 means 1 s
	Log   *slog.Logger  // may be nil
}

// Inherited is the socket that a worker is started with. The error tells who started the verb by hand that it cannot be.
func Inherited() (*socket.Conn, error) {
	conn, err := socket.New(os.NewFile(process.Socket, "server"))
	if err != nil {
		return nil, fault.New(fault.InvalidRequest, "", "a worker is started by the server, which gives it a socket").Because(err)
	}
	return conn, nil
}

// server is the child's side.
type server struct {
	o     ServeOptions
	end   *wire.End
	calls sync.WaitGroup

	mu      sync.Mutex
	closing bool
	guests  map[uint16]*guest
	cancels map[uint32]context.CancelFunc
}

// Serve serves any number of instances over conn, each with a Runtime of its own, until the other end closes it or ctx is
// done, stops them, and returns. It closes conn. It returns whatever hangs, also with calls still at work after Grace:
// the process is then to end. The error is nil if conn was closed properly, fault.ProtocolViolation if the other end
// broke the protocol, or else conn's own.
func Serve(ctx context.Context, conn io.ReadWriteCloser, o ServeOptions) error {
	if o.Grace <= 0 {
		o.Grace = time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	within, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	s := &server{o: o, guests: map[uint16]*guest{}, cancels: map[uint32]context.CancelFunc{}}
	s.end = wire.New(conn, nil, s.accept)
	defer s.end.Close()
	var all sync.WaitGroup
	all.Go(func() { _ = s.end.Send() }) // a broken connection is seen by the reader
	reader := make(chan error, 1)
	all.Go(func() { reader <- s.read(within) })
	s.say(frame.Message{Kind: frame.State}, news{Greeting: &greeting{Protocol: protocol, Plans: plan.Version}})
	if o.Warm != nil {
		all.Go(func() { warm(within, o.Warm) })
	}
	err := s.watch(ctx, conn, reader)
	stop()
	s.stopAll(ctx)
	s.end.Close()
	atMost(o.Grace, all.Wait)
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) {
		return nil
	}
	return err
}

// warm calls do when the instance for which the worker before this one was taken has had time to start.
func warm(ctx context.Context, do func()) {
	const others = 200 * time.Millisecond
	timer := time.NewTimer(others)
	defer timer.Stop()
	select {
	case <-timer.C:
		do()
	case <-ctx.Done():
	}
}

// stopAll stops every Runtime, and waits for the calls at work.
func (s *server) stopAll(ctx context.Context) {
	s.mu.Lock()
	guests := s.guests
	s.guests, s.closing = map[uint16]*guest{}, true
	s.mu.Unlock()
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), s.o.Grace)
	defer done()
	for _, g := range guests {
		s.calls.Go(func() {
			if err := g.stop(ctx); err != nil {
				s.o.Log.Warn("an instance did not stop", "instance", g.id, "error", err)
			}
		})
	}
	atMost(s.o.Grace, s.calls.Wait)
}

// read handles what comes until the connection ends.
func (s *server) read(ctx context.Context) error {
	for {
		f, err := s.end.Next()
		if err != nil {
			return err
		}
		if f.Kind == frame.Heartbeat {
			// Answered here and nowhere else: so it says that this loop is alive, and that calls do not hold it up.
			var clock time.Duration
			if clock, err = f.Clock(); err == nil {
				err = s.end.Beat(clock)
			}
		} else {
			err = s.handle(ctx, f)
		}
		if err != nil {
			return err
		}
	}
}

// handle begins what a message asks for, in a goroutine of its own.
func (s *server) handle(ctx context.Context, f frame.Frame) error {
	m, err := f.Message()
	if err != nil {
		return err
	}
	m.Blob = append([]byte(nil), m.Blob...) // the frame's memory is used again
	switch m.Kind {
	case frame.Plan:
		return s.prepare(ctx, m)
	case frame.Change:
		return s.change(ctx, m)
	case frame.Stats:
		s.call(ctx, m, time.Minute, false, func(ctx context.Context, g *guest) (answer, []byte) {
			r, err := g.runtime.Inspect(ctx)
			return answer{Report: &r, Fault: seal.FlawOf(err)}, nil
		})
		return nil
	}
	return fault.New(fault.ProtocolViolation, "", "a %s, which only workers send", m.Kind)
}

func (s *server) prepare(ctx context.Context, m frame.Message) error {
	var p prepare
	if err := read(m, &p); err != nil {
		return err
	}
	g, err := s.seat(m.Instance, p)
	if err != nil {
		s.answer(m, answer{Fault: seal.FlawOf(err)}, nil, false)
		return nil
	}
	s.call(ctx, m, p.Timeout, false, func(ctx context.Context, _ *guest) (answer, []byte) {
		inlets, err := g.prepare(ctx, p, m.Blob)
		return answer{Inlets: inlets, Fault: seal.FlawOf(err)}, nil
	})
	return nil
}

// seat makes room for an instance.
func (s *server) seat(number uint16, p prepare) (*guest, error) {
	epoch, err := seal.OpenEpoch(p.Epoch)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing || s.guests[number] != nil {
		return nil, fault.New(fault.Internal, p.ID, "there is no place for instance %d", number)
	}
	rt, err := s.o.Open(p.ID)
	if err != nil {
		return nil, err
	}
	g := newGuest(s, number, p.ID, rt, epoch)
	s.guests[number] = g
	return g, nil
}

func (s *server) change(ctx context.Context, m frame.Message) error {
	var o order
	if err := read(m, &o); err != nil {
		return err
	}
	if o.Call == cancel {
		s.mu.Lock()
		defer s.mu.Unlock()
		if end := s.cancels[o.Of]; end != nil {
			end()
		}
		return nil
	}
	// What came out while draining must be there before the word that all is drained.
	s.call(ctx, m, o.Timeout, o.Call == run.CallDrain, func(ctx context.Context, g *guest) (answer, []byte) {
		a, blob, err := g.do(ctx, o, m.Blob)
		if o.Call == run.CallStop && err == nil {
			s.leave(m.Instance)
		}
		a.Fault = seal.FlawOf(err)
		return a, blob
	})
	return nil
}

func (s *server) leave(number uint16) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.guests, number)
}

// call runs work for the instance of a message, and answers, behind media or not.
func (s *server) call(
	ctx context.Context, m frame.Message, timeout time.Duration, behind bool, work func(context.Context, *guest) (answer, []byte),
) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.guests[m.Instance]
	if g == nil {
		s.answer(m, answer{Fault: seal.FlawOf(fault.New(fault.Closed, "", "there is no instance %d", m.Instance))}, nil, false)
		return
	}
	ctx, end := context.WithTimeout(ctx, timeout)
	s.cancels[m.ID] = end
	s.calls.Go(func() {
		a, blob := work(ctx, g)
		s.mu.Lock()
		delete(s.cancels, m.ID)
		s.mu.Unlock()
		end()
		s.answer(m, a, blob, behind)
	})
}

// answer answers a message, behind the media sent so far or not.
func (s *server) answer(to frame.Message, a answer, blob []byte, behind bool) {
	m := frame.Message{Kind: frame.Result, Instance: to.Instance, ID: to.ID, Blob: blob}
	if to.Kind == frame.Stats {
		m.Kind = frame.Stats
	}
	send := s.end.Message
	if behind {
		send = s.end.Behind
	}
	text, err := json.Marshal(a)
	m.JSON = text
	if err == nil {
		err = send(m)
	}
	if err == nil {
		return
	}
	s.o.Log.Warn("an answer cannot be sent", "error", err)
	if fault.CodeOf(err) == fault.InvalidRequest { // too large: say that instead
		s.answer(to, answer{Fault: seal.FlawOf(err)}, nil, behind)
	}
}

// say sends a message that answers nothing.
func (s *server) say(m frame.Message, body any) {
	text, err := json.Marshal(body)
	m.JSON = text
	if err == nil {
		err = s.end.Message(m)
	}
	if err != nil {
		s.o.Log.Warn("a message cannot be sent", "error", err)
	}
}

// accept tells where a track that the server begins leads.
func (s *server) accept(track, instance uint16, bridge string) wire.Sink {
	s.mu.Lock()
	g := s.guests[instance]
	s.mu.Unlock()
	if g == nil {
		return wire.Sink{} // it has just been stopped
	}
	return g.accept(track, bridge)
}
