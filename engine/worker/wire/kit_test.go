package wire

import (
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sluice/engine/media"
	"sluice/engine/run"
	"sluice/engine/worker/frame"
	"sluice/engine/worker/socket"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is longer than anything takes.
const patience = time.Minute

func sockets(t testing.TB) (a, b *socket.Conn) {
	t.Helper()
	a, file, err := socket.Pair()
	if err == nil {
		b, err = socket.New(file)
	}
	if err != nil {
		t.Fatal(err)
	}
	return a, b
}

// ear is a port that tells what it is given, in order, and may refuse.
type ear struct {
	heard  chan any
	mu     sync.Mutex
	refuse bool
}

func newEar() *ear { return &ear{heard: make(chan any, 100000)} }

func (e *ear) deaf(refuse bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.refuse = refuse
}

func (e *ear) Unit(u *media.Unit) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.refuse {
		e.heard <- u
	}
	return !e.refuse
}

func (e *ear) Gap(from, length time.Duration) bool {
	e.heard <- [2]time.Duration{from, length}
	return true
}
func (e *ear) Codec(t media.Track) { e.heard <- t }
func (e *ear) Mark(m run.Mark)     { e.heard <- m }

func (e *ear) next(t testing.TB) any {
	t.Helper()
	select {
	case x := <-e.heard:
		return x
	case <-time.After(patience):
		t.Fatal("nothing comes")
		return nil
	}
}

// copier is an ear that keeps no units: it counts their bytes.
type copier struct{ *ear }

func (copier) CopiesUnits() {}
func (c copier) Unit(u *media.Unit) bool {
	c.heard <- u.Bytes()
	return true
}

// pair is two ends that are joined. What the far end gets that is no media comes on frames.
type pair struct {
	near, far *End
	frames    chan frame.Frame
	broken    chan error
}

// join makes a pair whose far end takes tracks by accept.
func join(t testing.TB, budget *Budget, accept func(track, instance uint16, bridge string) Sink) *pair {
	t.Helper()
	a, b := sockets(t)
	p := &pair{
		near:   New(a, nil, func(_, _ uint16, _ string) Sink { return Sink{} }),
		far:    New(b, budget, accept),
		frames: make(chan frame.Frame, 1000), broken: make(chan error, 2),
	}
	var all sync.WaitGroup
	read := func(e *End, frames chan frame.Frame) {
		for {
			f, err := e.Next()
			if err != nil {
				p.broken <- err
				return
			}
			f.Payload = append([]byte(nil), f.Payload...)
			frames <- f
		}
	}
	all.Go(func() { _ = p.near.Send() })
	all.Go(func() { _ = p.far.Send() })
	all.Go(func() { read(p.near, p.frames) })
	all.Go(func() { read(p.far, p.frames) })
	t.Cleanup(func() {
		p.near.Close()
		p.far.Close()
		all.Wait()
	})
	return p
}

// to makes a pair with one port at the far end, for whatever comes.
func to(t testing.TB, port run.Port) *pair {
	return join(t, nil, func(_, _ uint16, _ string) Sink { return Sink{Port: port} })
}

func (p *pair) next(t testing.TB) frame.Frame {
	t.Helper()
	select {
	case f := <-p.frames:
		return f
	case err := <-p.broken:
		t.Fatal(err)
	case <-time.After(patience):
		t.Fatal("nothing comes")
	}
	return frame.Frame{}
}

func (p *pair) breaks(t testing.TB) error {
	t.Helper()
	select {
	case err := <-p.broken:
		return err
	case <-time.After(patience):
		t.Fatal("nothing breaks")
		return nil
	}
}

// taken counts the tracks that an end sends.
func (e *End) taken() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for _, l := range e.out {
		if l != nil {
			n++
		}
	}
	return n
}
