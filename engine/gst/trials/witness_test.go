//go:build cgo && !nogst

package trials_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/worker"
)

// witness is an instance in a worker of its own, beside others to which something happens. It converts µ-law to A-law, one
// packet in, one out, all the time, and does not lose one.
type witness struct {
	rt     run.Runtime
	in     run.Port
	out    *echo
	track  media.Track
	ends   context.CancelFunc
	done   chan struct{}
	passed chan int // how many units have passed by now; holds the latest
	err    error    // once done is closed
}

// echo takes units one at a time.
type echo struct {
	*fake.Host
	units chan time.Duration
}

func (e *echo) Outlet(string) run.Port                { return e }
func (e *echo) Gap(time.Duration, time.Duration) bool { return true }
func (e *echo) Codec(media.Track)                     {}
func (e *echo) Mark(run.Mark)                         {}
func (e *echo) Unit(u *media.Unit) bool {
	select {
	case e.units <- u.PTS:
		return true
	default:
		return false
	}
}

// observe starts a witness in a pool. It is asked at the end of the test whether it lost anything.
func observe(t testing.TB, p *worker.Pool) *witness {
	t.Helper()
	pl := compile(t, convertText, plan.Inputs{
		Params: map[string]any{"codec": "pcma"}, Given: coded("in", media.PCMU), Want: coded("out", media.PCMA),
	})
	own := *pl
	own.Policy.Worker = "own"
	rt, err := p.Open("witness")
	if err != nil {
		t.Fatal(err)
	}
	w := &witness{
		rt: rt, out: &echo{Host: fake.NewHost(), units: make(chan time.Duration, 16)}, track: media.NewTrack(media.PCMU),
		done: make(chan struct{}), passed: make(chan int, 1),
	}
	inlets, err := rt.Prepare(within(t, patience), &own, w.out)
	if err == nil {
		err = rt.Start(within(t, patience))
	}
	if err != nil {
		t.Fatalf("the witness: %v", err)
	}
	w.in = inlets[bridge(pl, plan.IntoGst)]
	ctx, ends := context.WithCancel(context.Background())
	w.ends = ends
	go w.pass(ctx)
	t.Cleanup(func() {
		w.ends()
		<-w.done
		if err := rt.Stop(within(t, patience)); err != nil || w.err != nil {
			t.Errorf("the witness: %v, %v", w.err, err)
		}
	})
	w.lives(t)
	return w
}

// pass sends units, each when the one before it has come back.
func (w *witness) pass(ctx context.Context) {
	defer close(w.done)
	w.in.Codec(w.track)
	base := time.Since(w.out.Epoch())
	packet := make([]byte, 160)
	pace := time.NewTicker(5 * time.Millisecond)
	defer pace.Stop()
	for n := 0; ctx.Err() == nil; n++ {
		<-pace.C
		at := base + time.Duration(n)*20*time.Millisecond
		if !w.in.Unit(&media.Unit{PTS: at, DTS: at, Key: true, AU: [][]byte{packet}}) {
			w.err = fmt.Errorf("unit %d was dropped", n)
			return
		}
		timer := time.NewTimer(patience)
		select {
		case got := <-w.out.units:
			if d := got - at; d < -time.Millisecond || d > time.Millisecond {
				w.err = fmt.Errorf("unit %d is %s late: one was lost", n, d)
				return
			}
		case <-timer.C:
			w.err = fmt.Errorf("unit %d of %s does not come back", n, patience)
			return
		}
		timer.Stop()
		select {
		case <-w.passed:
		default:
		}
		w.passed <- n
	}
}

// lives waits until a unit has passed that was sent after now.
func (w *witness) lives(t testing.TB) {
	t.Helper()
	if err := w.alive(); err != nil {
		t.Fatal(err)
	}
}

func (w *witness) alive() error {
	first := -1
	for {
		select {
		case n := <-w.passed:
			if first < 0 {
				first = n
			}
			if n > first+1 {
				return nil
			}
		case <-w.done:
			return fmt.Errorf("the witness died: %w", w.err)
		}
	}
}

const convertText = `
graph: v1
about: A stream in another codec.
params: {codec: codec}
nodes:
  in: stream.in name=x
  to: convert codec=$codec
  out: stream.out name=y
links:
  - in -> to -> out
`
