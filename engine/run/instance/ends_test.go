package instance

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

// ends remembers what an instance says to it.
type ends struct {
	mu     sync.Mutex
	heard  []string
	inlets run.Inlets // the newest of each name
	outlet *fake.Port
	keys   []string
	reason error
}

func newEnds() *ends { return &ends{inlets: run.Inlets{}, outlet: fake.NewPort()} }

func (e *ends) Epoch(t time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if age := time.Since(t); age < 0 || age > time.Minute {
		e.heard = append(e.heard, fmt.Sprintf("epoch %v ago", age))
	}
}

func (e *ends) Outlet(b plan.Bridge) run.Port {
	if b.Name != "view" {
		return nil
	}
	return e.outlet
}

func (e *ends) Inlets(p *plan.Plan, in run.Inlets) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, fmt.Sprintf("plan %s with %v", p.Hash, slices.Sorted(maps.Keys(in))))
	maps.Copy(e.inlets, in)
}

func (e *ends) Rest(bridges []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, fmt.Sprintf("rest %v", bridges))
}

func (e *ends) Key(bridge string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.keys = append(e.keys, bridge)
}

func (e *ends) Over() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, "over")
}

func (e *ends) Closed(reason error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, "closed")
	e.reason = reason
}

func (e *ends) said() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.heard)
}

func (e *ends) inlet(name string) run.Port {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.inlets[name]
}

func with(e *ends) option { return func(_ *rig, s *Spec, _ *Options) { s.Ends = e } }

// viewed is a sketch with a bridge out of GStreamer.
type viewed struct{ *sketch }

func (v viewed) Resolve(in plan.Inputs) (*plan.Plan, error) {
	p, err := v.sketch.Resolve(in)
	if err == nil {
		p.Bridges = append(p.Bridges, plan.Bridge{Name: "view", Direction: plan.OutOfGst}, plan.Bridge{Name: "blind", Direction: plan.OutOfGst})
	}
	return p, err
}

func TestMediaPassesBothWays(t *testing.T) {
	e := newEnds()
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		u := &media.Unit{Key: true}
		if !e.inlet("side").Unit(u) || len(r.fake().Inlet("side").Units()) != 1 {
			t.Error("nothing comes in")
		}
		for _, bridge := range []string{"view", "blind", "none"} {
			r.fake().Deliver(bridge, u)
		}
		if len(e.outlet.Units()) != 1 {
			t.Error("nothing comes out")
		}
		if got := r.Report(t.Context()).Unread; got != 2 {
			t.Errorf("%d units that nobody reads", got)
		}
		r.fake().WantKey("side")
		if !slices.Equal(e.keys, []string{"side"}) {
			t.Errorf("asked for key frames of %v", e.keys)
		}
	}, with(e), func(_ *rig, s *Spec, _ *Options) { s.Template = viewed{&sketch{}} })
}

// After a restart the ends get the ports of the new Runtime, and the old ones are said to be dead before.
func TestEndsMoveToTheNextRuntime(t *testing.T) {
	e := newEnds()
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		first := e.inlet("side")
		r.fake().Crash(broken("mix"))
		r.revived()
		r.want(run.Live)
		if e.inlet("side") == first || !e.inlet("side").Unit(&media.Unit{}) || len(r.fake().Inlet("side").Units()) != 1 {
			t.Error("the ends still have the old port")
		}
		if want := []string{"plan 0 map[] with [side]", "over", "plan 0 map[] with [side]"}; !slices.Equal(e.said(), want) {
			t.Errorf("the ends heard %q", e.said())
		}
		r.fake().Crash(fault.New(fault.ElementUnavailable, "mix", "it will never play"))
		<-r.Done()
		if fault.CodeOf(e.reason) != fault.ElementUnavailable {
			t.Errorf("the ends hear of %v", e.reason)
		}
	}, with(e))
}

// fed is a sketch with a bridge into its lazy pipeline.
type fed struct{ *sketch }

func (f fed) Resolve(in plan.Inputs) (*plan.Plan, error) {
	p, err := f.sketch.Resolve(in)
	if err == nil {
		p.Bridges = append(p.Bridges, plan.Bridge{Name: "feed", Direction: plan.IntoGst, Pipeline: "hls"})
	}
	return p, err
}

// What is lazy gets media only while it runs: a key frame that came before would be lost.
func TestLazyIsFedWhileItRuns(t *testing.T) {
	e := newEnds()
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		_, release := r.fake().Wedge(run.CallApply)
		r.Demand("hls")
		synctest.Wait()
		want := []string{"plan 0 map[] with [side]"}
		if !slices.Equal(e.said(), want) {
			t.Errorf("before it runs the ends heard %q", e.said())
		}
		release()
		r.wantChanges("start_lazy hls")
		r.Idle("hls")
		r.after(5 * time.Second)
		r.Demand("hls")
		r.wantChanges("start_lazy hls", "end_lazy hls", "start_lazy hls")
		r.tell(run.Notice{Kind: run.BranchGone, Branch: "hls", Err: broken("hls")})
		want = append(want, "plan 0 map[] with [feed]", "rest [feed]", "plan 0 map[] with [feed]", "rest [feed]")
		if !slices.Equal(e.said(), want) {
			t.Errorf("the ends heard %q, want %q", e.said(), want)
		}
		r.Demand("hls")
		synctest.Wait()
		r.fake().Crash(broken("mix"))
		r.revived()
		synctest.Wait()
		want = append(want, "plan 0 map[] with [feed]", "over", "plan 0 map[] with [side]", "plan 0 map[] with [feed]")
		if !slices.Equal(e.said(), want) {
			t.Errorf("after a restart the ends heard %q, want %q", e.said(), want)
		}
	}, with(e), func(_ *rig, s *Spec, _ *Options) { s.Template = fed{&sketch{}} })
}
