package worker_test

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"sluice/engine/media"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/worker"
)

// mirror is a host whose outlet says when a unit is back. With keep it takes units as the hub does, which stores them.
type mirror struct {
	*fake.Host
	back run.Port
}

func (m *mirror) Outlet(string) run.Port { return m.back }

// back is a port that says that a unit came.
type back struct {
	run.Port
	came chan int
}

func (b *back) Unit(u *media.Unit) bool {
	b.came <- u.Bytes()
	return true
}

// copying is back with the promise that it keeps no unit.
type copying struct{ *back }

func (copying) CopiesUnits() {}

func benchInlet(b *testing.B, keeps bool) (run.Port, chan int) {
	p, _ := start(b, "serve", nil)
	rt, err := p.Open("bench")
	if err != nil {
		b.Fatal(err)
	}
	port := &back{Port: fake.NewPort(), came: make(chan int, 1024)}
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
	return inlets["in"], port.came
}

// BenchmarkRoundTrip is one unit at a time to a worker, through an echo, and back: what a conversion adds to a unit's way.
func BenchmarkRoundTrip(b *testing.B) {
	for _, size := range []int{160, 20000} {
		for _, keeps := range []bool{false, true} {
			b.Run(fmt.Sprintf("%dB/keeps=%t", size, keeps), func(b *testing.B) {
				in, came := benchInlet(b, keeps)
				u := &media.Unit{Key: true, AU: [][]byte{make([]byte, size/2), make([]byte, size/2)}}
				took := make([]time.Duration, 0, 1<<20)
				b.ReportAllocs()
				for b.Loop() {
					begun := time.Now()
					if !in.Unit(u) {
						b.Fatal("no credit")
					}
					<-came
					if len(took) < cap(took) {
						took = append(took, time.Since(begun))
					}
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1e3, "p50-µs")
				b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1e3, "p99-µs")
			})
		}
	}
}

// BenchmarkStream keeps many units under way, and tells what the memory of both processes grew by meanwhile.
func BenchmarkStream(b *testing.B) {
	in, came := benchInlet(b, false)
	u := &media.Unit{Key: true, AU: [][]byte{make([]byte, 160)}}
	const most = 256
	under := 0
	b.ReportAllocs()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	for b.Loop() {
		for under == most || !in.Unit(u) {
			<-came
			under--
		}
		under++
	}
	for range under {
		<-came
	}
	var after runtime.MemStats
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapInuse)-float64(before.HeapInuse), "heap-growth-B")
}

var _ = os.Args
var _ = worker.Options{}
