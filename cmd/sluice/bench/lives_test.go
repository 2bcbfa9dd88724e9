package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"sluice/cmd/sluice/bench/benchtest"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run/instance"
	"sluice/engine/run/supervisor"
	"sluice/engine/worker"
)

// slack is by how many threads this process may grow: Go makes one when all are in system calls, and keeps it.
const slack = 8

// stay fails if this process holds more than before, once what ends by itself has ended, and reports what it holds more.
func stay(b *testing.B, before holdings) {
	b.Helper()
	until(b, "goroutines and files to go", func() bool {
		now := held(b)
		return now.goroutines <= before.goroutines && now.files <= before.files
	})
	now := held(b)
	if now.threads > before.threads+slack {
		b.Errorf("%d threads before, and %d after", before.threads, now.threads)
	}
	b.ReportMetric(float64(now.goroutines-before.goroutines), "goroutines-more")
	b.ReportMetric(float64(now.files-before.files), "files-more")
	b.ReportMetric(float64(now.threads-before.threads), "threads-more")
	b.ReportMetric(float64(now.kilobytes-before.kilobytes), "KB-more")
	b.ReportMetric(float64(now.heap-before.heap)/1024, "heap-KB-more")
}

// settled waits until the pool has nothing but its spare worker. A crowd may leave more of them, which the instances that
// come next take: so many are begun and ended here.
func settled(b *testing.B, p *worker.Pool, s *supervisor.Supervisor, pass *plan.Plan) {
	b.Helper()
	idle := func() bool { c := p.Counts(); return c.Spare > 0 && c.Workers == c.Spare }
	until(b, "all workers but spare ones to go", idle)
	alone := *pass
	alone.Policy.Worker = "own"
	for p.Counts().Spare > 1 {
		if _, err := life(b, s, "last", &alone, newEnds(media.NewTrack(media.Opus), speech(), 1)); err != nil {
			b.Fatal(err)
		}
		until(b, "all workers but spare ones to go", idle)
	}
}

// BenchmarkLives starts and stops a thousand instances one after the other (SLUICE_BENCH_LIVES), each in a worker of its own
// that ends with it, or all in a shared one, and waits for media to come out of each. What this process holds is compared
// with what it held after the first fifty.
func BenchmarkLives(b *testing.B) {
	path := benchtest.Program(b)
	for _, kind := range []string{"own", "shared"} {
		b.Run(kind, func(b *testing.B) {
			pass := planned(b, path, "pass", "--given", "in=opus", "--want", "out=opus")
			pass.Policy.Worker = kind
			for b.Loop() {
				p := pool(b, path, newEar(), nil)
				s := supervisor.New(supervisor.Options{Open: p.Open})
				live := func(n int) {
					b.Helper()
					for range n {
						if _, err := life(b, s, "a", pass, newEnds(media.NewTrack(media.Opus), speech(), 1)); err != nil {
							b.Fatal(err)
						}
					}
					settled(b, p, s, pass)
				}
				live(50)
				before := held(b)
				lives := benchtest.Number(b, "LIVES", 1000)
				begun := time.Now()
				live(lives)
				b.ReportMetric(float64(time.Since(begun).Milliseconds())/float64(lives), "ms/life")
				stay(b, before)
			}
		})
	}
}

// speech is one frame of sound.
func speech() []media.Unit { return []media.Unit{{Key: true, AU: [][]byte{make([]byte, 160)}}} }

// BenchmarkManyAtOnce starts two hundred instances at once (SLUICE_BENCH_AT_ONCE), each in a worker of its own or in shared
// ones, keeps them until media has come out of all, and stops them at once. What this process holds is compared with
// what it held after the first such crowd.
func BenchmarkManyAtOnce(b *testing.B) {
	path := benchtest.Program(b)
	for _, kind := range []string{"own", "shared"} {
		b.Run(kind, func(b *testing.B) {
			pass := planned(b, path, "pass", "--given", "in=opus", "--want", "out=opus")
			pass.Policy.Worker, pass.Policy.Start = kind, plan.Span(patience)
			for b.Loop() {
				p := pool(b, path, newEar(), nil)
				s := supervisor.New(supervisor.Options{Open: p.Open})
				n := benchtest.Number(b, "AT_ONCE", 200)
				crowd(b, s, pass, n)
				settled(b, p, s, pass)
				before := held(b)
				begun := time.Now()
				during := crowd(b, s, pass, n)
				b.ReportMetric(float64(time.Since(begun).Milliseconds()), "ms")
				b.ReportMetric(float64(during.threads), "threads(all-live)")
				b.ReportMetric(float64(during.files), "files(all-live)")
				b.ReportMetric(float64(during.kilobytes-before.kilobytes)/float64(n), "KB/instance(all-live)")
				settled(b, p, s, pass)
				stay(b, before)
			}
		})
	}
}

// crowd starts so many instances at once, counts what this process holds when all are live, and stops them.
func crowd(b *testing.B, s *supervisor.Supervisor, pass *plan.Plan, n int) holdings {
	b.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	over := make(chan struct{})
	errs := make([]error, n)
	var feeding, starting, stopping sync.WaitGroup
	lives := make([]*instance.Instance, n)
	for k := range n {
		starting.Go(func() {
			e := newEnds(media.NewTrack(media.Opus), speech(), 1)
			e.pace = time.Second // they are to be there, and not to be busy
			lives[k], errs[k] = s.Start(ctx, instance.Spec{ID: fmt.Sprint(k), Template: fixed{pass}, Ends: e, Once: true})
			if errs[k] != nil {
				return
			}
			feeding.Go(func() { e.feed(over) })
			select {
			case <-e.came:
			case <-lives[k].Done():
				errs[k] = fmt.Errorf("it ended before anything came out: %w", lives[k].Err())
			}
		})
	}
	starting.Wait()
	during := held(b)
	close(over)
	feeding.Wait()
	for k, i := range lives {
		if i != nil {
			stopping.Go(func() { errs[k] = errors.Join(errs[k], i.Stop(ctx)) })
		}
	}
	stopping.Wait()
	if err := errors.Join(errs...); err != nil {
		b.Fatal(err)
	}
	return during
}
