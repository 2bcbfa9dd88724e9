package instance

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

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

func (e *ends) Closed() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, "closed")
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
	}, with(e))
}
