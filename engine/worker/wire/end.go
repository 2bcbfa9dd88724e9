// Package wire puts run.Ports at both ends of a worker's socket: it gives out ports that send, hands what arrives to
// ports, numbers tracks, and pays for what came with credit. Messages pass through it unread; it knows neither processes
// nor instances but by number.
package wire

import (
	"io"
	"sync"
	"sync/atomic"
	"time"

	"sluice/engine/fault"
	"sluice/engine/run"
	"sluice/engine/worker/frame"
)

// window is how many bytes of a track are under way at a time; payAt how many of them are read before they are paid for
// together, so that a stream of small units is not answered by as many frames.
const (
	window = 1 << 20
	payAt  = window / 4
)

// calm is the time between two frames above which each is sent by itself.
const calm = 20 * time.Microsecond

// Sink is where the units of one track go.
type Sink struct {
	Port run.Port // nil drops everything
	Gate *Gate
	// Refused says that the port refused video, and that what follows is dropped up to the next key frame: once for each unit that
	// is. It may be nil.
	Refused func()
}

// End is one end of the socket. Next belongs to one goroutine and Send to another; all else is safe for concurrent use.
type End struct {
	conn   io.Closer
	reader *frame.Reader
	writer *frame.Writer
	accept func(track, instance uint16, bridge string) Sink
	budget *Budget // nil: the other end is trusted
	wake   chan struct{}
	done   chan struct{}
	once   sync.Once
	begun  time.Time
	tried  atomic.Int64 // when something was queued last, since begun

	in   [frame.MaxTracks]*feed // belongs, with owed, to Next
	owed [frame.MaxTracks]int   // outlives a track: the next of that number goes on with its credit

	mu   sync.Mutex
	out  [frame.MaxTracks]*Lead
	turn int
}

// New makes an end of a connection, which it closes with Close. One that is a frame.Trier is the quicker for it. The
// function accept says, when the other end begins a track, where it leads; it is called by Next and must return at once.
// With a budget the other end cannot send more control than it allows.
func New(conn io.ReadWriteCloser, budget *Budget, accept func(track, instance uint16, bridge string) Sink) *End {
	limits := frame.Limits{Window: window}
	return &End{
		conn: conn, reader: frame.NewReader(conn, limits), writer: frame.NewWriter(conn, limits), accept: accept, budget: budget,
		wake: make(chan struct{}, 1), done: make(chan struct{}), begun: time.Now(),
	}
}

// Next hands on the media that comes and returns the first frame that is a message, a heartbeat, or a request for a key
// frame. Errors are those of frame.Reader; what breaks the protocol is fault.ProtocolViolation.
func (e *End) Next() (frame.Frame, error) {
	for {
		f, err := e.reader.Next()
		if err != nil {
			return f, err
		}
		if err := e.afford(f); err != nil {
			return f, err
		}
		switch {
		case f.Kind == frame.Credit:
			err = e.credit(f)
		case f.Kind.Control() || f.Kind.Message():
			return f, nil
		default:
			err = e.take(f)
		}
		if err != nil {
			return f, err
		}
	}
}

// afford refuses a frame that no credit pays for if there are too many of them. Answers are not counted: whoever asked
// knows whether it did.
func (e *End) afford(f frame.Frame) error {
	if e.budget == nil || f.Cost() > 0 || f.Kind == frame.Result || f.Kind == frame.Stats {
		return nil
	}
	if !e.budget.spend(time.Now(), len(f.Payload)) {
		return fault.New(fault.ProtocolViolation, "", "a flood: more than %d frames a second, the last a %s", frameRate, f.Kind)
	}
	return nil
}

func (e *End) credit(f frame.Frame) error {
	n, err := f.Credit()
	if err != nil {
		return err
	}
	return e.writer.Granted(f.Track, n)
}

// take hands a frame of a track to where the track leads, and pays for it.
func (e *End) take(f frame.Frame) error {
	if f.Kind == frame.Open {
		return e.opened(f)
	}
	feed := e.in[f.Track]
	if feed == nil {
		return fault.New(fault.ProtocolViolation, "", "a %s on track %d, which is not open", f.Kind, f.Track)
	}
	if err := feed.take(f); err != nil {
		return err
	}
	if f.Kind == frame.EOS {
		e.in[f.Track] = nil
	}
	return e.pay(f)
}

func (e *End) opened(f frame.Frame) error {
	if e.in[f.Track] != nil {
		return fault.New(fault.ProtocolViolation, "", "track %d is opened again", f.Track)
	}
	instance, bridge, err := f.Opened()
	if err != nil {
		return err
	}
	e.in[f.Track] = newFeed(e.accept(f.Track, instance, bridge))
	return nil
}

// pay gives credit back for a frame.
func (e *End) pay(f frame.Frame) error {
	e.owed[f.Track] += f.Cost()
	n := e.owed[f.Track]
	if n < payAt {
		return nil
	}
	e.owed[f.Track] = 0
	if err := e.reader.Grant(f.Track, n); err != nil {
		return err
	}
	return e.sent(e.writer.Credit(f.Track, n))
}

// Message sends a message, before any media that waits.
func (e *End) Message(m frame.Message) error { return e.sent(e.writer.Message(m)) }

// Behind sends a message that does not overtake the media queued so far.
func (e *End) Behind(m frame.Message) error { return e.sent(e.writer.Behind(m)) }

// Beat sends a sign of life.
func (e *End) Beat(clock time.Duration) error { return e.sent(e.writer.Heartbeat(clock)) }

// AskKey asks the other end for a key frame of a track that it sends.
func (e *End) AskKey(track uint16) error { return e.sent(e.writer.Key(track)) }

// sent sends, or wakes whoever does.
func (e *End) sent(err error) error {
	if err == nil {
		e.poke()
	}
	return err
}

// poke sends what is queued here and now, if little goes on: that saves a wake-up, which is a fifth of a unit's way to a
// worker and back. What comes close behind is left to Send, which takes it together.
func (e *End) poke() {
	now := int64(time.Since(e.begun))
	if last := e.tried.Swap(now); now-last > int64(calm) {
		if all, err := e.writer.Try(); all && err == nil {
			return
		}
	}
	select {
	case e.wake <- struct{}{}:
	default: // it will find this frame too
	}
}

// Send sends what is queued until the end is closed or the connection broken, whose error it returns.
func (e *End) Send() error {
	for {
		select {
		case <-e.wake:
			if err := e.writer.Send(); err != nil {
				return err
			}
		case <-e.done:
			return nil
		}
	}
}

// Close closes the connection; Next and Send end. It may be called more than once.
func (e *End) Close() {
	e.once.Do(func() {
		close(e.done)
		_ = e.conn.Close() // what was not sent is for nobody
	})
}

// Bridge tells which bridge of which instance a track that this end sends belongs to; false if there is no such track.
func (e *End) Bridge(track uint16) (instance uint16, bridge string, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if track >= frame.MaxTracks || e.out[track] == nil {
		return 0, "", false
	}
	l := e.out[track]
	return l.instance, l.bridge, true
}

// allot gives a track number to a lead; false if all are taken. They go round, so that one is not used again at once.
func (e *End) allot(l *Lead) (uint16, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for range e.out {
		at := e.turn
		e.turn = (e.turn + 1) % len(e.out)
		if e.out[at] == nil {
			e.out[at] = l
			return uint16(at), true
		}
	}
	return 0, false
}

// release frees a number whose end is queued.
func (e *End) release(track uint16) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.out[track] = nil
}
