package bench

import (
	"testing"
	"time"

	"sluice/cmd/sluice/bench/benchtest"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/worker"
)

// step is how far apart units are. It is short, because an appsrc drops what is more than half a second ahead.
const step = 100 * time.Microsecond

// outlet is a port that tells of every unit when it was given it. That is the end of a unit's way: whoever waits for it in
// another goroutine is woken later.
type outlet struct {
	run.Port
	came chan time.Time
}

// Unit implements run.Port.
func (o outlet) Unit(*media.Unit) bool {
	o.came <- time.Now()
	return true
}

// lender is an outlet that keeps no units, as a session does that writes them to a socket; the hub keeps them.
type lender struct{ outlet }

// CopiesUnits implements run.Copier.
func (lender) CopiesUnits() {}

// reader is a host all of whose bridges lead to one port.
type reader struct {
	*fake.Host
	port run.Port
}

// Outlet implements run.Host.
func (r reader) Outlet(string) run.Port { return r.port }

// trip is the way of units to a worker, through GStreamer, and back.
type trip struct {
	in   run.Port
	came chan time.Time
	pid  int // of the worker
	unit media.Unit
}

// embark starts an instance that gives back what it is given.
func embark(b *testing.B, p *worker.Pool, pass *plan.Plan, codec media.Codec, size int, lends bool) *trip {
	b.Helper()
	rt, err := p.Open("trip")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = rt.Stop(within(b)) }) // the pool says what does not end
	o := outlet{fake.NewPort(), make(chan time.Time, 1024)}
	host := reader{fake.NewHost(), o}
	if lends {
		host.port = lender{o}
	}
	inlets, err := rt.Prepare(within(b), pass, host)
	if err == nil {
		err = rt.Start(within(b))
	}
	if err != nil {
		b.Fatal(err)
	}
	report, err := rt.Inspect(within(b))
	if err != nil {
		b.Fatal(err)
	}
	t := &trip{came: o.came, pid: report.PID, unit: media.Unit{Key: true, AU: [][]byte{make([]byte, size)}}}
	for _, in := range inlets {
		t.in = in
	}
	t.in.Codec(media.NewTrack(codec))
	for range 2000 { // until nothing grows any more
		t.there(b)
		<-t.came
	}
	return t
}

// there sends one unit.
func (t *trip) there(b *testing.B) {
	t.unit.PTS += step
	t.unit.DTS = t.unit.PTS
	if !t.in.Unit(&t.unit) {
		b.Fatal("a unit is refused")
	}
}

// BenchmarkRoundTrip is one access unit at a time to a worker, through a pipeline of an appsrc, an identity and an appsink, and
// back, from port to port; told is when another goroutine knows of it. A chain is a call's conversion, which has no thread
// of its own. allocs/op are those of this process, child-B/op those of the worker.
func BenchmarkRoundTrip(b *testing.B) {
	path := benchtest.Program(b)
	pass := planned(b, path, "pass", "--given", "in=opus", "--want", "out=opus")
	talk := planned(b, path, "talk", "--given", "in=pcmu", "--want", "out=pcma")
	for _, c := range []struct {
		name  string
		plan  *plan.Plan
		codec media.Codec
		size  int
		lends bool
	}{
		{"160B-lent", pass, media.Opus, 160, true},
		{"160B-kept", pass, media.Opus, 160, false},
		{"20000B-lent", pass, media.Opus, 20_000, true},
		{"20000B-kept", pass, media.Opus, 20_000, false},
		{"160B-chain", talk, media.PCMU, 160, true},
	} {
		c.plan.Policy.Worker = "own"
		b.Run(c.name, func(b *testing.B) {
			e := newEar()
			embark(b, pool(b, path, e, []string{traced}), c.plan, c.codec, c.size, c.lends).measure(b, e)
		})
	}
}

// measure sends one unit after the other and reports how long they took.
func (t *trip) measure(b *testing.B, e *ear) {
	took, told := make([]float64, 0, 1<<20), make([]float64, 0, 1<<20)
	_, before, _ := e.of(t.pid)
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		begun := time.Now()
		t.there(b)
		came := <-t.came
		if len(took) < cap(took) {
			took = append(took, float64(came.Sub(begun))/1e3)
			told = append(told, float64(time.Since(begun))/1e3)
		}
		n++
	}
	_, after, ok := e.of(t.pid)
	if !ok {
		b.Error("the worker collects so often that it is not heard any more")
	}
	s := rank(took)
	b.ReportMetric(s.median(), "p50-µs")
	b.ReportMetric(s.at(0.99), "p99-µs")
	b.ReportMetric(rank(told).median(), "p50-µs(told)")
	b.ReportMetric(float64(after-before)*(1<<20)/float64(n), "child-B/op")
}

// BenchmarkManyUnits sends a million units of 160 bytes (SLUICE_BENCH_UNITS) to a worker and back, with up to 64 under way,
// and tells what the memory of both processes that is their own grew by after the first tenth.
func BenchmarkManyUnits(b *testing.B) {
	path := benchtest.Program(b)
	pass := planned(b, path, "pass", "--given", "in=opus", "--want", "out=opus")
	pass.Policy.Worker = "own"
	units := benchtest.Number(b, "UNITS", 1_000_000)
	for b.Loop() {
		e := newEar()
		t := embark(b, pool(b, path, e, []string{traced}), pass, media.Opus, 160, true)
		t.many(b, units/10)
		here, there := held(b), memoryOf(b, t.pid)
		_, before, _ := e.of(t.pid)
		begun := time.Now()
		t.many(b, units-units/10)
		took := time.Since(begun)
		_, after, ok := e.of(t.pid)
		if !ok {
			b.Error("the worker collects so often that it is not heard any more")
		}
		b.ReportMetric(float64(held(b).kilobytes-here.kilobytes), "parent-growth-KB")
		b.ReportMetric(memoryOf(b, t.pid).own-there.own, "worker-growth-KB")
		b.ReportMetric(there.own, "worker-KB")
		b.ReportMetric(float64(after-before)*(1<<20)/float64(units), "child-B/unit")
		b.ReportMetric(float64(took.Microseconds())/float64(units-units/10), "µs/unit")
		b.ReportMetric(float64(units), "units")
	}
}

// many sends units and waits until all are back.
func (t *trip) many(b *testing.B, n int) {
	const most = 64
	under := 0
	for range n {
		for under == most {
			<-t.came
			under--
		}
		t.there(b)
		under++
	}
	for range under {
		<-t.came
	}
}
