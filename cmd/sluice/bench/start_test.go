package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"sluice/cmd/sluice/bench/benchtest"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/run/instance"
	"sluice/engine/run/supervisor"
	"sluice/engine/worker"
)

// fixed is a template whose plan is made already.
type fixed struct{ plan *plan.Plan }

// Resolve implements instance.Template.
func (f fixed) Resolve(plan.Inputs) (*plan.Plan, error) { return f.plan, nil }

// ends are around an instance: a source that gives its units as soon as it may, and a reader that waits for the first.
type ends struct {
	run.Port
	track media.Track
	units []media.Unit
	pace  time.Duration // between units
	ready chan run.Inlets
	keys  chan struct{}
	came  chan media.Unit // filled to its size, and no further
}

func newEnds(track media.Track, units []media.Unit, wants int) *ends {
	return &ends{
		Port: fake.NewPort(), track: track, units: units, pace: catchUp,
		ready: make(chan run.Inlets, 1), keys: make(chan struct{}, 1), came: make(chan media.Unit, wants),
	}
}

// Epoch implements instance.Ends.
func (e *ends) Epoch(time.Time) {}

// Outlet implements instance.Ends.
func (e *ends) Outlet(plan.Bridge) run.Port { return e }

// Inlets implements instance.Ends.
func (e *ends) Inlets(_ *plan.Plan, in run.Inlets) { e.ready <- in }

// Rest implements instance.Ends.
func (e *ends) Rest([]string) {}

// Key implements instance.Ends.
func (e *ends) Key(string) {
	select {
	case e.keys <- struct{}{}:
	default:
	}
}

// Over implements instance.Ends.
func (e *ends) Over() {}

// Closed implements instance.Ends.
func (e *ends) Closed(error) {}

// Unit implements run.Port.
func (e *ends) Unit(u *media.Unit) bool {
	select {
	case e.came <- *u:
	default:
	}
	return true
}

// catchUp is the time between units of a stream that is given to a new reader: three times as fast as they were made.
const catchUp = 10 * time.Millisecond

// feed gives the units until over. An instance that was
// given units before it played, or lost some, asks for a key frame: they begin anew.
func (e *ends) feed(over <-chan struct{}) {
	var all run.Inlets
	select {
	case all = <-e.ready:
	case <-over:
		return
	}
	for _, in := range all {
		in.Codec(e.track)
	}
	pace := time.NewTicker(e.pace)
	defer pace.Stop()
	for n := 0; ; n++ {
		for _, in := range all {
			u := e.units[n%len(e.units)]
			u.PTS += time.Duration(n/len(e.units)) * time.Second
			u.DTS = u.PTS
			in.Unit(&u)
		}
		select {
		case <-pace.C:
		case <-e.keys:
			n = -1
		case <-over:
			return
		}
	}
}

// life starts an instance, waits for its first unit and stops it, and gives how long the first unit took.
func life(b *testing.B, s *supervisor.Supervisor, id string, p *plan.Plan, e *ends) (time.Duration, error) {
	b.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience) // within would keep one for each of a thousand lives
	defer cancel()
	begun := time.Now()
	i, err := s.Start(ctx, instance.Spec{ID: id, Template: fixed{p}, Ends: e, Once: true})
	if err != nil {
		return 0, err
	}
	over := make(chan struct{})
	var feeding sync.WaitGroup
	feeding.Go(func() { e.feed(over) })
	select {
	case <-e.came:
	case <-i.Done():
		err = fmt.Errorf("it ended before anything came out: %w", i.Err())
	}
	took := time.Since(begun)
	close(over)
	feeding.Wait()
	if stop := i.Stop(ctx); err == nil {
		err = stop
	}
	return took, err
}

// camera gives a second of H.264 that the program makes.
func camera(b *testing.B, path string, p *worker.Pool) (media.Track, []media.Unit) {
	b.Helper()
	made := planned(b, path, "camera")
	e := newEnds(media.NewTrack(media.H264), nil, 30)
	s := supervisor.New(supervisor.Options{Open: p.Open})
	i, err := s.Start(within(b), instance.Spec{ID: "camera", Template: fixed{made}, Ends: e, Once: true})
	if err != nil {
		b.Fatal(err)
	}
	if err := i.Wait(within(b)); err != nil {
		b.Fatal(err)
	}
	close(e.came)
	var units []media.Unit
	for u := range e.came {
		units = append(units, u)
	}
	if len(units) < 30 || !units[0].Key {
		b.Fatalf("the camera gave %d units", len(units))
	}
	return e.track, units
}

// warm waits for a spare worker that has nothing to do any more.
func warm(b *testing.B, p *worker.Pool, e *ear) {
	b.Helper()
	until(b, "a spare worker", func() bool { return p.Counts().Spare > 0 })
	newest := func() int { // the spare one; just after a start it may be the one before that is listed
		all := e.workers()
		return all[len(all)-1]
	}
	const calm = 300 * time.Millisecond // a worker loads ahead when it has had nothing to do for a while
	at, used, pid := time.Now(), ran(newest()), newest()
	until(b, "a worker with nothing to do", func() bool {
		if time.Since(at) < calm {
			return false
		}
		was, of := used, pid
		pid = newest()
		at, used = time.Now(), ran(pid)
		return pid == of && used > 0 && used-was < time.Millisecond
	})
}

// BenchmarkStart starts instances whose worker is warm, fifty of each kind (SLUICE_BENCH_STARTS), and waits for the first unit
// that comes out: sound that passes, and H.264 that becomes VP8.
func BenchmarkStart(b *testing.B) {
	path := benchtest.Program(b)
	e := newEar()
	p := pool(b, path, e, nil, "avdec_h264") // as sluice itself has it
	track, units := camera(b, path, p)
	pass := planned(b, path, "pass", "--given", "in=opus", "--want", "out=opus")
	pass.Policy.Worker = "own"
	for _, c := range []struct {
		name  string
		plan  *plan.Plan
		track media.Track
		units []media.Unit
	}{
		{"sound", pass, media.NewTrack(media.Opus), speech()},
		{"h264-to-vp8", planned(b, path, "picture", "--given", "in=h264", "--want", "out=vp8"), track, units},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				var took []float64
				s := supervisor.New(supervisor.Options{Open: p.Open})
				for range benchtest.Number(b, "STARTS", 50) {
					warm(b, p, e)
					t, err := life(b, s, "a", c.plan, newEnds(c.track, c.units, 1))
					if err != nil {
						b.Fatal(err)
					}
					took = append(took, float64(t)/float64(time.Millisecond))
				}
				b.ReportMetric(rank(took).median(), "p50-ms")
				b.ReportMetric(rank(took).at(0.95), "p95-ms")
				b.ReportMetric(rank(took).at(0), "min-ms")
			}
		})
	}
}

// installed is a copy of the program.
func installed(b *testing.B) string {
	b.Helper()
	data, err := os.ReadFile(benchtest.Program(b))
	if err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), "sluice")
	if err := os.WriteFile(path, data, 0o700); err != nil {
		b.Fatal(err)
	}
	return path
}

// BenchmarkSpare starts workers and looks at what each holds before it has anything to do: by itself, as the first of them, and
// when there are sixteen, so that what they have in common is divided. ready-ms is from the start of its process to its
// first word. The program is copied before, as it is when it is installed: Linux maps what the linker has just written with large
// pages, of which each process that reads a byte has 2 MB.
func BenchmarkSpare(b *testing.B) {
	path := installed(b)
	const several = 16
	for b.Loop() {
		e := newEar()
		var ready []float64
		var alone memory
		for n := range several {
			begun := time.Now()
			pool(b, path, e, nil)
			ready = append(ready, float64(time.Since(begun))/float64(time.Millisecond))
			if n == 0 {
				alone = memoryOf(b, e.workers()[0])
			}
		}
		var share, own, resident []float64
		for _, pid := range e.workers() {
			m := memoryOf(b, pid)
			share, own, resident = append(share, m.share/1024), append(own, m.own/1024), append(resident, m.resident/1024)
		}
		b.ReportMetric(rank(share).median(), "PSS-MB")
		b.ReportMetric(rank(own).median(), "own-MB")
		b.ReportMetric(rank(resident).median(), "RSS-MB")
		b.ReportMetric(alone.share/1024, "PSS-MB(alone)")
		b.ReportMetric(rank(ready).median(), "ready-ms")
	}
}
