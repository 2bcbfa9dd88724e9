package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"syscall"
	"time"

	"sluice/engine/fault"
	"sluice/engine/run"
	"sluice/engine/run/veil"
	"sluice/engine/worker/frame"
	"sluice/engine/worker/process"
	"sluice/engine/worker/wire"
)

// rest is how long after the end of a process its socket is still read, if something it left behind holds it open.
const rest = 200 * time.Millisecond

// link is one worker, as the server sees it.
type link struct {
	o       *Options
	log     *slog.Logger
	proc    *process.Process
	end     *wire.End
	greeted chan struct{} // closed when the worker has said who it is
	dead    chan struct{} // closed when the process is reaped, all it sent is read, and its instances are told
	veil    veil.Veil

	mu     sync.Mutex
	why    *fault.Fault // why we ended it; nil if we have not
	cause  *fault.Fault // how it ended, once dead is closed
	calls  map[uint32]chan<- reply
	lastID uint32
	seats  map[uint16]*Runtime
	turn   uint16
	hello  bool
	beaten bool // it answered since the last look
	missed int
	left   time.Time // when it closed its end of the socket
}

// reply is an answer with what came beside it.
type reply struct {
	answer
	blob []byte
}

// newLink starts a worker. Somebody must call keep.
func newLink(ctx context.Context, o *Options) (*link, error) {
	l := &link{
		o: o, greeted: make(chan struct{}), dead: make(chan struct{}),
		calls: map[uint32]chan<- reply{}, seats: map[uint16]*Runtime{}, beaten: true,
	}
	ready := make(chan struct{}) // the first line may come before the log is set
	proc, err := process.Start(ctx, process.Command{
		Path: o.Path, Args: o.Args, Env: append(Environment(), o.Env...), Limits: o.Limits,
		Line: func(text string) {
			<-ready
			l.line(l.veil.Hide(text))
		},
	})
	if err != nil {
		close(ready)
		return nil, err
	}
	l.proc, l.log = proc, o.Log.With("worker", proc.PID())
	close(ready)
	l.end = wire.New(proc.Conn(), wire.NewBudget(), l.accept)
	return l, nil
}

// line passes on what the worker wrote.
func (l *link) line(text string) {
	if l.o.Line != nil {
		l.o.Line(text)
		return
	}
	l.log.Info("worker says", "text", text)
}

// keep looks after the worker until it is dead.
func (l *link) keep() {
	var both sync.WaitGroup
	reader := make(chan error, 1)
	both.Go(func() { _ = l.end.Send() }) // a broken connection is seen by the reader
	both.Go(func() { reader <- l.read() })
	ticker := time.NewTicker(l.o.Beat)
	defer ticker.Stop()
	exited := l.proc.Done()
	for reading := true; reading || exited != nil; {
		select {
		case <-ticker.C:
			l.check()
		case err := <-reader:
			reading = false
			l.readEnded(err)
		case <-exited:
			exited = nil
			_ = l.proc.Conn().SetReadDeadline(time.Now().Add(rest)) // fails if it is closed, which will do
		}
	}
	l.end.Close()
	both.Wait()
	l.bury()
}

// check is done at every beat: it counts the beats that were not answered, so that a pause of the server's own is not
// taken for one of the worker, and looks at the worker's memory.
func (l *link) check() {
	l.mu.Lock()
	if l.hello {
		l.missed++
	}
	if l.beaten {
		l.missed = 0
	}
	l.beaten = false
	silent, left := time.Duration(l.missed)*l.o.Beat, l.left
	l.mu.Unlock()
	switch {
	case silent >= l.o.Silence:
		l.kill(fault.New(fault.Lost, "", "the worker gave no sign of life for %s and was killed", silent))
	case !left.IsZero() && time.Since(left) >= l.o.Grace:
		l.kill(fault.New(fault.ProtocolViolation, "", "the worker closed its socket and did not end"))
	default:
		_ = l.end.Beat(0) // if it cannot be queued, no answer will come either
	}
	if use, err := l.proc.Usage(); err == nil && l.o.Memory > 0 && use.Memory > l.o.Memory {
		l.kill(fault.New(fault.Overloaded, "",
			"the worker took %d MB of memory, more than its %d, and was killed", use.Memory>>20, l.o.Memory>>20).
			Advise("give workers more memory, or make what the graph does smaller"))
	}
}

// readEnded takes note of the end of reading.
func (l *link) readEnded(err error) {
	var f *fault.Fault
	if errors.As(err, &f) && f.Code != fault.ProtocolViolation {
		l.kill(f)
		return
	}
	if f != nil {
		l.kill(fault.New(fault.ProtocolViolation, "", "the worker was killed because it broke the protocol").Because(f))
		return
	}
	if !ended(err) {
		l.log.Warn("the connection to a worker broke", "error", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left = time.Now()
}

// ended tells whether an error is how a connection looks whose other end is gone.
func ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, os.ErrDeadlineExceeded) ||
		errors.Is(err, syscall.ECONNRESET)
}

// kill ends the process at once. The first reason counts.
func (l *link) kill(why *fault.Fault) {
	l.blame(why)
	l.proc.Kill()
}

// blame says why the process is about to end.
func (l *link) blame(why *fault.Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.why == nil {
		l.why = why
	}
}

// bury tells everybody how the worker ended.
func (l *link) bury() {
	exit := l.proc.Exit()
	l.mu.Lock()
	if l.cause = l.why; l.cause == nil {
		l.cause = l.died(exit)
	}
	seats := l.seats
	l.seats = map[uint16]*Runtime{}
	cause := l.cause
	l.mu.Unlock()
	for _, r := range seats {
		r.tell(run.Notice{Kind: run.Broken, Err: at(cause, r.id)})
	}
	close(l.dead)
}

// died says how a worker ended that nobody ended.
func (l *link) died(exit process.Exit) *fault.Fault {
	if limit := time.Duration(l.o.Limits.CPU) * time.Second; limit > 0 && exit.Signal == syscall.SIGKILL && exit.CPU >= limit-time.Second {
		return fault.New(fault.Overloaded, "", "the worker used its %s of CPU time and was killed", limit).
			Advise("give workers more CPU time, or none for streams without end")
	}
	f := fault.New(fault.GstElement, "", "the worker died: %s", exit)
	switch {
	case exit.Signal == syscall.SIGKILL:
		f = f.Advise("sluice did not kill it: look in the kernel's log whether memory ran out")
	case exit.Signal != 0 || exit.Code != 0:
		f = f.Advise("an element crashed and took its process along; with GST_DEBUG=4 in the environment the last lines say what was at work")
	}
	if last := l.proc.LastWord(); last != "" {
		f = f.Because(errors.New(l.veil.Hide(last)))
	}
	return f
}

// at gives the fault with the place where it is felt.
func at(f *fault.Fault, place string) *fault.Fault {
	g := *f
	g.Place = place
	return &g
}

// alive tells whether the worker can take calls.
func (l *link) alive() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.why == nil && l.cause == nil && l.left.IsZero()
}

// send sends a call and gives its number and where its answer comes.
func (l *link) send(m frame.Message, body any, behind bool) (uint32, <-chan reply, error) {
	answers := make(chan reply, 1)
	l.mu.Lock()
	l.lastID++
	m.ID = l.lastID
	l.calls[m.ID] = answers
	l.mu.Unlock()
	if err := l.post(m, body, behind); err != nil {
		l.mu.Lock()
		delete(l.calls, m.ID)
		l.mu.Unlock()
		return 0, nil, err
	}
	return m.ID, answers, nil
}

// post sends a message, behind the media that was sent before or not.
func (l *link) post(m frame.Message, body any, behind bool) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("a call that cannot be written: %w", err)
	}
	m.JSON = text
	if behind {
		return l.end.Behind(m)
	}
	return l.end.Message(m)
}

// join gives an instance a number.
func (l *link) join(r *Runtime) (uint16, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cause != nil {
		return 0, at(l.cause, r.id)
	}
	for l.seats[l.turn] != nil { // there are far fewer instances than numbers
		l.turn = (l.turn + 1) % frame.MaxTracks
	}
	number := l.turn
	l.turn = (l.turn + 1) % frame.MaxTracks // the next one is another, so that what is still under way finds nobody
	l.seats[number] = r
	return number, nil
}

// leave frees a number.
func (l *link) leave(number uint16) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.seats, number)
}

// fate is how the worker ended. Call it once dead is closed.
func (l *link) fate() *fault.Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cause
}
