package supervisor

import (
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/run/instance"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// graph is a template that gives one plan.
type graph struct{ plan plan.Plan }

func (g graph) Resolve(plan.Inputs) (*plan.Plan, error) { p := g.plan; return &p, nil }

// film is a graph of one pipeline that reads something and writes it down.
func film(cost float64) graph {
	pol := plan.DefaultPolicy()
	pol.Cost = cost
	return graph{plan.Plan{
		Graph: "film", Hash: "film", Policy: pol, Nodes: []plan.Node{{Name: "read", Domain: "gst", Pipeline: "read"}, {Name: "write", Domain: "gst", Pipeline: "read"}},
		Pipelines: []plan.Pipeline{{
			Name:     "read",
			Elements: []plan.Element{{Name: "read", Node: "read"}, {Name: "write", Node: "write"}},
			Links:    []plan.Link{{From: plan.Pad{Of: "read"}, To: plan.Pad{Of: "write"}}},
		}},
	}}
}

// stage is where fakes play. Each gives its first media as soon as it plays.
type stage struct {
	mu    sync.Mutex
	fakes map[string][]*fake.Runtime
	rig   func(*fake.Runtime)
}

func (s *stage) open(id string) (run.Runtime, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := fake.New()
	if s.rig != nil {
		s.rig(f)
	}
	if s.fakes == nil {
		s.fakes = map[string][]*fake.Runtime{}
	}
	s.fakes[id] = append(s.fakes[id], f)
	return eager{f}, nil
}

// of gives the newest fake of an instance.
func (s *stage) of(id string) *fake.Runtime {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.fakes[id]
	return all[len(all)-1]
}

// calls names what was called on a fake.
func calls(f *fake.Runtime) []run.Call {
	var out []run.Call
	for _, c := range f.Calls() {
		out = append(out, c.Call)
	}
	return slices.Compact(out)
}

// eager gives media as soon as it plays.
type eager struct{ *fake.Runtime }

func (e eager) Start(ctx ctx) error {
	err := e.Runtime.Start(ctx)
	if err == nil {
		e.Tell(run.Notice{Kind: run.FirstMedia, Node: "read"})
	}
	return err
}

func start(t *testing.T, s *Supervisor, spec instance.Spec) *instance.Instance {
	t.Helper()
	i, err := s.Start(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	return i
}
