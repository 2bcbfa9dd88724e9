package engine_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluice/engine"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/instance"
	"sluice/engine/store"
)

const tone = `graph: v1
about: A tone.
params:
  wave: {type: string, default: sine}
  buffers: {type: int, min: 1, max: 100}
route:
  - rest.start
nodes:
  in: audiotestsrc wave=$wave num-buffers=$buffers
  out: fakesink
links:
  - in -> out
`

// setting is what a node of a plan is set to.
func setting(p *plan.Plan, node, name string) string {
	for _, n := range p.Nodes {
		for _, s := range n.Settings {
			if n.Name == node && s.Name == name {
				return s.Text
			}
		}
	}
	return ""
}

func TestRunStartsAGraphByItsName(t *testing.T) {
	b := start(t, map[string]string{"jobs/tone": tone})
	inst, err := b.Run(t.Context(), engine.Start{Graph: "jobs/tone", ID: "mine", Params: map[string]any{"buffers": 7, "wave": "ticks"}})
	if err != nil {
		t.Fatal(err)
	}
	await(t, "a runtime", b.begun)
	if got := setting(inst.Plan(), "in", "num-buffers"); inst.ID() != "mine" || got != "7" {
		t.Errorf("%s runs with %s buffers", inst.ID(), got)
	}
	if _, err := b.Run(t.Context(), engine.Start{Graph: "jobs/tone", ID: "mine", Params: map[string]any{"buffers": 7}}); !errors.Is(err, fault.NameInUse) {
		t.Error(err)
	}
	other, err := b.Run(t.Context(), engine.Start{Graph: "jobs/tone", Params: map[string]any{"buffers": "8"}})
	if err != nil || other.ID() == "" || other.ID() == "mine" {
		t.Error(other, err)
	}
}

func TestRunRefuses(t *testing.T) {
	b := start(t, map[string]string{"jobs/tone": tone, "in": publish})
	refused := fault.New(fault.Forbidden, "in", "not that one")
	for _, row := range []struct {
		name  string
		start engine.Start
		want  error
	}{
		{"a graph that is not there", engine.Start{Graph: "jobs/none"}, fault.GraphNotFound},
		{"a graph for an event", engine.Start{Graph: "in"}, fault.NoRoute},
		{"a parameter that is missing", engine.Start{Graph: "jobs/tone"}, fault.InvalidParams},
		{"what its caller refuses", engine.Start{
			Graph: "jobs/tone", Params: map[string]any{"buffers": 1}, Check: func(*plan.Plan) error { return refused },
		}, refused},
	} {
		if _, err := b.Run(t.Context(), row.start); !errors.Is(err, row.want) {
			t.Errorf("%s: %v, want %v", row.name, err, row.want)
		}
	}
	if got := b.Instances().Instances(); len(got) > 0 {
		t.Errorf("%d run", len(got))
	}
}

// TestRunTellsAllThatIsWrong: who calls from far away should not have to try once for each mistake.
func TestRunTellsAllThatIsWrong(t *testing.T) {
	b := start(t, map[string]string{"jobs/tone": tone})
	_, err := b.Run(t.Context(), engine.Start{Graph: "jobs/tone", Params: map[string]any{"buffers": 1000, "size": 3}})
	several, ok := err.(interface{ Unwrap() []error })
	if !ok || len(several.Unwrap()) != 2 {
		t.Fatal(err)
	}
	places := map[string]bool{}
	for _, one := range several.Unwrap() {
		f, ok := errors.AsType[*fault.Fault](one)
		if !ok {
			t.Fatal(one)
		}
		places[f.Place] = true
	}
	if !places["/params/buffers"] || !places["/params/size"] {
		t.Error(places)
	}
}

// checked starts a tone whose plans are looked at, and waits until it plays.
func (b *bench) checked(t *testing.T, graph string, check func(*plan.Plan) error) *instance.Instance {
	t.Helper()
	inst, err := b.Run(t.Context(), engine.Start{Graph: graph, Params: map[string]any{"buffers": 7}, Check: check})
	if err != nil {
		t.Fatal(err)
	}
	rt := await(t, "a runtime", b.begun)
	rt.prepared(t).Tell(run.Notice{Kind: run.FirstMedia, Node: "in"})
	if err := inst.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	return inst
}

// TestRunChecksWhatIsChangedLater: a request cannot do by and by what it could not do at once.
func TestRunChecksWhatIsChangedLater(t *testing.T) {
	b := start(t, map[string]string{"jobs/tone": tone})
	check := func(p *plan.Plan) error {
		if setting(p, "in", "wave") == "ticks" {
			return fault.New(fault.Forbidden, "in", "no ticks")
		}
		return nil
	}
	inst := b.checked(t, "jobs/tone", check)
	if err := inst.Set(t.Context(), "in", map[string]any{"wave": "ticks"}); !errors.Is(err, fault.Forbidden) {
		t.Error(err)
	}
	if err := inst.Set(t.Context(), "in", map[string]any{"wave": "square"}); err != nil {
		t.Error(err)
	}
	if got := setting(inst.Plan(), "in", "wave"); got != "square" {
		t.Error(got)
	}
}

// TestRunChecksWhatTheGraphBecomes: nor can the graph, by being written anew.
func TestRunChecksWhatTheGraphBecomes(t *testing.T) {
	restarts := tone + "policy:\n  reload: restart\n"
	file := filepath.Join(t.TempDir(), "tone.yaml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(restarts)
	b := startWith(t, store.Options{Root: filepath.Dir(file)})
	checked := make(chan string, 10)
	check := func(p *plan.Plan) error {
		checked <- setting(p, "out", "sync")
		if setting(p, "out", "sync") == "true" {
			return fault.New(fault.Forbidden, "out", "not that")
		}
		return nil
	}
	inst := b.checked(t, "tone", check)
	write(strings.Replace(restarts, "out: fakesink", "out: fakesink sync=true", 1))
	b.store.Reload()
	for await(t, "the look at what it has become", checked) != "true" {
	}
	if err := inst.Set(t.Context(), "in", map[string]any{"wave": "square"}); err != nil {
		t.Error(err)
	}
	if got := setting(inst.Plan(), "out", "sync"); got == "true" {
		t.Error("it runs with what was refused")
	}
}
