package supervisor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine/fault"
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

func TestStartAndStopAtOnce(t *testing.T) {
	var st stage
	s := New(Options{Open: st.open})
	var all sync.WaitGroup
	for n := range 200 {
		all.Go(func() {
			i, err := s.Start(context.Background(), instance.Spec{ID: fmt.Sprint(n), Template: film(0)})
			if err != nil {
				t.Error(err)
				return
			}
			if err := i.Ready(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if list := s.List(t.Context()); len(list) != 200 {
		t.Errorf("%d run", len(list))
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}
