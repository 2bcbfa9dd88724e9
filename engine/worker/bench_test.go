package worker_test

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"sluice/engine/media"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

// mirror is a host whose outlet says when a unit is back.
type mirror struct {
	*fake.Host
	back run.Port
}

func (m *mirror) Outlet(string) run.Port { return m.back }

// back is a port that says when a unit came, which is when it is back: who waits for that is woken later.
type back struct {
	run.Port
	came chan time.Time
}

func (b *back) Unit(*media.Unit) bool {
	b.came <- time.Now()
	return true
}

// copying is back with the promise that it keeps no unit.
type copying struct{ *back }

func (copying) CopiesUnits() {}

// benchInlet starts an echo in a worker. With keeps its units are taken as the hub takes them, which stores them.
func benchInlet(b *testing.B, keeps bool) (run.Runtime, run.Port, chan time.Time) {
	p, _ := start(b, "serve", nil)
	rt, err := p.Open("bench")
	if err != nil {
		b.Fatal(err)
	}
	port := &back{Port: fake.NewPort(), came: make(chan time.Time, 1024)}
	host := &mirror{Host: fake.NewHost(), back: copying{port}}
	if keeps {
		host.back = port
	}
	b.Cleanup(func() { _ = rt.Stop(within(b, patience)) })
	inlets, err := rt.Prepare(within(b, patience), echoing("", "own"), host)
	if err == nil {
		err = rt.Start(within(b, patience))
	}
	if err != nil {
		b.Fatal(err)
	}
	return rt, inlets["in"], port.came
}

// BenchmarkRoundTrip is one unit at a time to a worker, through an echo, and back: what a conversion adds to a unit's way.
func BenchmarkRoundTrip(b *testing.B) {
	for _, size := range []int{160, 20000} {
		for _, keeps := range []bool{false, true} {
			b.Run(fmt.Sprintf("%dB/keeps=%t", size, keeps), func(b *testing.B) {
				_, in, came := benchInlet(b, keeps)
				u := &media.Unit{Key: true, AU: [][]byte{make([]byte, size/2), make([]byte, size/2)}}
				took := make([]time.Duration, 0, 1<<20)
				b.ReportAllocs()
				for b.Loop() {
					begun := time.Now()
					if !in.Unit(u) {
						b.Fatal("no credit")
					}
					back := <-came
					if len(took) < cap(took) {
						took = append(took, back.Sub(begun))
					}
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1e3, "p50-µs")
				b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1e3, "p99-µs")
			})
		}
	}
}

// BenchmarkStream keeps many units under way, and tells by how much the memory of either process grew meanwhile.
func BenchmarkStream(b *testing.B) {
	rt, in, came := benchInlet(b, false)
	u := &media.Unit{Key: true, AU: [][]byte{make([]byte, 160)}}
	const most = 256
	send := func(n int) {
		under := 0
		for range n {
			for under == most || !in.Unit(u) {
				<-came
				under--
			}
			under++
		}
		for range under {
			<-came
		}
	}
	memory := func() (here, there float64) {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		r, err := rt.Inspect(within(b, patience))
		if err != nil {
			b.Fatal(err)
		}
		return float64(m.HeapInuse), float64(r.Memory)
	}
	send(100_000)
	here, there := memory()
	b.ReportAllocs()
	b.ResetTimer()
	send(b.N)
	b.StopTimer()
	hereAfter, thereAfter := memory()
	b.ReportMetric((hereAfter-here)/1024, "here-growth-KiB")
	b.ReportMetric((thereAfter-there)/1024, "worker-growth-KiB")
}

// BenchmarkInstance is Prepare, Start and Stop of an instance in a worker of its own, with the spare one that is warm,
// and in a shared one.
func BenchmarkInstance(b *testing.B) {
	for _, kind := range []string{"own", "shared"} {
		b.Run(kind, func(b *testing.B) {
			p, _ := start(b, "serve", nil)
			started(b, p, echoing("", "shared")) // keeps a shared worker there
			ctx := within(b, 10*patience)
			for b.Loop() {
				rt, err := p.Open("bench")
				if err != nil {
					b.Fatal(err)
				}
				_, err = rt.Prepare(ctx, echoing("", kind), fake.NewHost())
				if err == nil {
					err = rt.Start(ctx)
				}
				if err == nil {
					err = rt.Stop(ctx)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
