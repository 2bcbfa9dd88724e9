package instance

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/stat"
)

// flow is what a source gives, as reports tell it.
type flow struct {
	units  atomic.Uint64
	silent atomic.Int64
	stale  atomic.Bool
}

// reported lets every Runtime report the flow as that of a node.
func (f *flow) reported(node string) option {
	return primed(func(_ int, rt *fake.Runtime) {
		rt.Inspected(func(r *run.Report) {
			r.Stale = r.Stale || f.stale.Load()
			r.Samples = append(r.Samples, run.Sample{
				Kind: run.OfNode, Name: node, Counts: stat.Snapshot{Units: f.units.Load()}, Silent: time.Duration(f.silent.Load()),
			})
		})
	})
}

func stall(after time.Duration) func(*plan.Policy) {
	return func(p *plan.Policy) { p.Stall, p.Restart.When = plan.Span(after), "never" }
}

func TestStall(t *testing.T) {
	for _, c := range []struct {
		name  string
		units func(second int) uint64 // given in each second
		alive bool
	}{
		{"plenty", func(int) uint64 { return 30 }, true},
		{"one every three seconds is enough", func(s int) uint64 { return map[bool]uint64{true: 1}[s%3 == 0] }, true},
		{"nothing", func(int) uint64 { return 0 }, false},
		{"nothing after a while", func(s int) uint64 { return map[bool]uint64{true: 30}[s < 15] }, false},
		{"two now and then are no life", func(s int) uint64 { return map[bool]uint64{true: 2}[s%8 == 0] }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var f flow
			live(t, &sketch{policy: stall(10 * time.Second)}, func(t *testing.T, r *rig) {
				for s := 0; s < 60 && r.state() == run.Live; s++ {
					f.units.Add(c.units(s))
					r.after(time.Second)
				}
				if c.alive {
					r.want(run.Live)
					return
				}
				r.want(run.Failed)
				wantCode(t, "it ended", r.Err(), fault.Stalled)
			}, f.reported("cam"))
		})
	}
}

func TestSilenceThatTheRuntimeReports(t *testing.T) {
	var f flow
	live(t, &sketch{policy: stall(10 * time.Second)}, func(_ *testing.T, r *rig) {
		f.silent.Store(int64(10 * time.Second))
		r.after(time.Second)
		r.want(run.Failed)
	}, f.reported("cam"))
}

// No judgement without knowledge: a Runtime that says nothing of its sources, or nothing new, or of sources that ended.
func TestNoStallWithoutKnowledge(t *testing.T) {
	var f flow
	live(t, &sketch{policy: stall(10 * time.Second)}, func(_ *testing.T, r *rig) {
		r.after(time.Hour)
		r.want(run.Live)
	}, f.reported("mix"))
	var g flow
	live(t, &sketch{policy: stall(10 * time.Second)}, func(_ *testing.T, r *rig) {
		g.stale.Store(true)
		r.after(time.Hour)
		r.want(run.Live)
	}, g.reported("cam"))
	var h flow
	ends := func(p *plan.Policy) { stall(10 * time.Second)(p); p.Never = true }
	live(t, &sketch{policy: ends}, func(_ *testing.T, r *rig) {
		r.tell(run.Notice{Kind: run.NodeEnded, Node: "cam"})
		r.after(time.Hour)
		r.want(run.Live)
	}, h.reported("cam"))
}

// A restart begins counting anew, also when the new Runtime has counted less.
func TestTheWatchBeginsAnewAfterARestart(t *testing.T) {
	var f flow
	policy := func(p *plan.Policy) { p.Stall = plan.Span(10 * time.Second) }
	live(t, &sketch{policy: policy}, func(_ *testing.T, r *rig) {
		f.units.Store(1000)
		r.after(5 * time.Second)
		f.units.Store(0)
		r.after(9 * time.Second)
		r.want(run.Live)
		r.after(2 * time.Second)
		r.want(run.Planned)
		r.revived()
		r.after(9 * time.Second)
		r.want(run.Live)
	}, f.reported("cam"))
}

// A job that reads files is not cut off while its media moves on, however slowly; one that stands still is.
func TestDrainOfAJob(t *testing.T) {
	ended := run.Notice{Kind: run.NodeEnded, Node: "cam"}
	var f flow
	live(t, &sketch{offline: true}, func(_ *testing.T, r *rig) {
		_, release := r.fake().Wedge(run.CallDrain)
		r.tell(ended)
		for range 100 {
			f.units.Add(1)
			r.after(4 * time.Second)
		}
		r.want(run.Draining)
		release()
		r.want(run.Stopped)
	}, once, f.reported("out"))
	var g flow
	live(t, &sketch{offline: true}, func(t *testing.T, r *rig) {
		r.fake().Wedge(run.CallDrain)
		r.tell(ended)
		before := time.Now()
		wantCode(t, "it hangs", r.Wait(t.Context()), fault.Lost)
		if took := time.Since(before); took < 5*time.Second || took > 6*time.Second {
			t.Errorf("cut off after %s", took)
		}
	}, once, g.reported("out"))
}

// A drain waits for the change at work, and is cut off with it.
func TestDrainWaitsForAChange(t *testing.T) {
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		_, release := r.fake().Wedge(run.CallApply)
		r.Demand("hls")
		synctest.Wait()
		r.Drain(3 * time.Second)
		r.want(run.Draining)
		release()
		<-r.Done()
		if last := calls(r.fake()); !slices.Equal(last, []run.Call{run.CallPrepare, run.CallStart, run.CallApply, run.CallDrain, run.CallStop}) {
			t.Errorf("called %v", last)
		}
	})
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		r.fake().Wedge(run.CallApply)
		r.Demand("hls")
		synctest.Wait()
		before := time.Now()
		r.Drain(time.Hour)
		r.Drain(3 * time.Second) // shorter
		<-r.Done()
		if took := time.Since(before); took != 3*time.Second || r.Status().State != run.Stopped {
			t.Errorf("%s after %s", r.Status().State, took)
		}
	})
}

func calls(f *fake.Runtime) []run.Call {
	var out []run.Call
	for _, c := range f.Calls() {
		if errors.Is(c.Err, fault.Closed) {
			continue
		}
		out = append(out, c.Call)
	}
	// Stop is noted when it begins, the others when they return.
	slices.SortStableFunc(out, func(a, b run.Call) int {
		order := []run.Call{run.CallPrepare, run.CallStart, run.CallApply, run.CallDrain, run.CallStop}
		return slices.Index(order, a) - slices.Index(order, b)
	})
	return out
}
