package supervisor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/run/instance"
)

type ctx = context.Context

func TestStartAndStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var st stage
		s := New(Options{Open: st.open})
		i := start(t, s, instance.Spec{ID: "a", Template: film(1)})
		if err := i.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, ok := s.Get("a"); !ok || got != i {
			t.Error("a running instance is not found")
		}
		list := s.List(t.Context())
		if len(list) != 1 || list[0].Status.ID != "a" || list[0].Status.State != run.Live || list[0].Runtime.Phase != run.Running || list[0].Runtime.Plan != "film" {
			t.Errorf("the list is %+v", list)
		}
		if err := s.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		if want := []run.Call{run.CallPrepare, run.CallStart, run.CallDrain, run.CallStop}; !slices.Equal(calls(st.of("a")), want) {
			t.Errorf("called %v, want %v", calls(st.of("a")), want)
		}
		if i.Err() != nil || i.Status().State != run.Stopped {
			t.Errorf("ended %s with %v", i.Status().State, i.Err())
		}
		if _, ok := s.Get("a"); ok {
			t.Error("what has ended is still found")
		}
		if _, err := s.Start(t.Context(), instance.Spec{Template: film(1)}); !errors.Is(err, fault.Closed) {
			t.Errorf("starting after the end: %v", err)
		}
		if err := s.Stop(t.Context()); err != nil {
			t.Errorf("stopping again: %v", err)
		}
	})
}

func TestNaturalEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var st stage
		s := New(Options{Open: st.open})
		i := start(t, s, instance.Spec{ID: "a", Template: film(1)})
		if err := i.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		st.of("a").Tell(run.Notice{Kind: run.NodeEnded, Node: "read"})
		if err := i.Wait(t.Context()); err != nil || i.Status().State != run.Stopped {
			t.Errorf("ended %s with %v", i.Status().State, err)
		}
	})
}

func TestNamesAreUnique(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var st stage
		s := New(Options{Open: st.open})
		defer s.Stop(context.Background())
		first := start(t, s, instance.Spec{ID: "a", Template: film(1)})
		if _, err := s.Start(t.Context(), instance.Spec{ID: "a", Template: film(1)}); !errors.Is(err, fault.NameInUse) {
			t.Errorf("the same name again: %v", err)
		}
		if err := first.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		start(t, s, instance.Spec{ID: "a", Template: film(1)})
		b, c := start(t, s, instance.Spec{Template: film(1)}), start(t, s, instance.Spec{Template: film(1)})
		if b.ID() == "" || b.ID() == c.ID() {
			t.Errorf("made up the names %q and %q", b.ID(), c.ID())
		}
	})
}

func TestAdmission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var st stage
		s := New(Options{Open: st.open, CPUs: 1})
		defer s.Stop(context.Background())
		a := start(t, s, instance.Spec{ID: "a", Template: film(0.4)})
		start(t, s, instance.Spec{ID: "b", Template: film(0.6)})
		_, err := s.Start(t.Context(), instance.Spec{ID: "c", Template: film(0.1)})
		if !errors.Is(err, fault.Overloaded) {
			t.Fatalf("one too many: %v", err)
		}
		synctest.Wait()
		if len(st.fakes["c"]) > 0 {
			t.Error("what was refused had been started")
		}
		if err := a.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		start(t, s, instance.Spec{ID: "c", Template: film(0.4)})
	})
}

// While one instance drains slowly the others do too: all together take as long as the slowest.
func TestStopIsParallelAndBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := stage{rig: func(f *fake.Runtime) { f.Wedge(run.CallDrain) }}
		s := New(Options{Open: st.open})
		for n := range 10 {
			i := start(t, s, instance.Spec{ID: fmt.Sprint(n), Template: film(0)})
			if err := i.Ready(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		bound, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		before := time.Now()
		if err := s.Stop(bound); err != nil {
			t.Errorf("stopped with %v", err)
		}
		if took := time.Since(before); took != 2*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

// A changed graph replaces what plays it, if its policy says so, and disturbs nothing else.
func TestReloadLeavesTheUnrelatedAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		named := func(name, hash, reload string) graph {
			g := film(0)
			g.plan.Graph, g.plan.Hash, g.plan.Policy.Reload = name, hash, reload
			return g
		}
		var st stage
		s := New(Options{Open: st.open})
		defer s.Stop(context.Background())
		for id, g := range map[string]graph{
			"changed": named("film", "1", "restart"), "kept": named("film", "1", "keep"), "other": named("other", "1", "restart"), "same": named("same", "1", "restart"),
		} {
			start(t, s, instance.Spec{ID: id, Template: g})
		}
		synctest.Wait()
		s.Reload(func(name string) (instance.Template, bool) {
			hash := map[string]string{"film": "2", "same": "1"}[name]
			return named(name, hash, "restart"), hash != ""
		})
		synctest.Wait()
		for id, want := range map[string]int{"changed": 2, "kept": 1, "other": 1, "same": 1} {
			i, _ := s.Get(id)
			if got := len(st.fakes[id]); got != want || i.Status().State != run.Live {
				t.Errorf("%s: %d Runtimes, %s", id, got, i.Status().State)
			}
		}
	})
}

func TestRefusals(t *testing.T) {
	s := New(Options{})
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Start(done, instance.Spec{Template: film(0)}); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits: %v", err)
	}
	if _, err := s.Start(t.Context(), instance.Spec{}); !errors.Is(err, fault.InvalidRequest) {
		t.Errorf("no graph: %v", err)
	}
	if _, err := s.Start(t.Context(), instance.Spec{ID: "a", Template: bad{}}); !errors.Is(err, fault.InvalidParams) {
		t.Errorf("no plan: %v", err)
	}
	if _, ok := s.Get("a"); ok || len(s.Instances()) > 0 {
		t.Error("what was refused has a name")
	}
	if err := s.reserve("a", 1); err != nil {
		t.Errorf("what has ended is refused: %v", err)
	}
}

// bad is a template that gives no plan.
type bad struct{}

func (bad) Resolve(plan.Inputs) (*plan.Plan, error) {
	return nil, fault.New(fault.InvalidParams, "", "there is no plan")
}

// ending is a template during whose work the supervisor is stopped.
type ending struct{ s *Supervisor }

func (e ending) Resolve(in plan.Inputs) (*plan.Plan, error) {
	if err := e.s.Stop(context.Background()); err != nil {
		return nil, err
	}
	return film(0).Resolve(in)
}

func TestStoppedWhileAPlanIsMade(t *testing.T) {
	var st stage
	s := New(Options{Open: st.open})
	if _, err := s.Start(t.Context(), instance.Spec{ID: "a", Template: ending{s}}); !errors.Is(err, fault.Closed) {
		t.Errorf("started: %v", err)
	}
	if len(s.running) > 0 || len(st.fakes) > 0 {
		t.Error("it runs")
	}
}
