package supervisor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"

	"sluice/engine/fault"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/run/instance"
)

// 200 instances start, play and stop at the same time.
func TestManyAtOnce(t *testing.T) {
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
	if left := s.Instances(); len(left) > 0 {
		t.Errorf("%d are left", len(left))
	}
}

// A thousand lives, one after the other, leave no goroutine behind: synctest fails if one of the bubble is left. (Goroutines of the
// process are not counted, since that which runs finalizers is among them now and then.) Every fourth ends badly.
func TestManyLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		st := stage{rig: func(f *fake.Runtime) {
			if n%4 == 0 {
				f.Wedge([]run.Call{run.CallPrepare, run.CallStart, run.CallDrain, run.CallStop}[n/4%4])
			}
		}}
		s := New(Options{Open: st.open})
		for n = range 1000 {
			i := start(t, s, instance.Spec{ID: "a", Template: film(0), Once: true})
			synctest.Wait()
			if err := i.Stop(t.Context()); err != nil && !errors.Is(err, fault.Lost) {
				t.Fatal(err)
			}
			delete(st.fakes, "a")
		}
		if len(s.running) > 0 {
			t.Error("names are left")
		}
	})
}

// Whoever starts while all is being stopped either gets an instance that is stopped, or is refused.
func TestStartWhileStopping(t *testing.T) {
	for range 20 {
		var st stage
		s := New(Options{Open: st.open})
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				i, err := s.Start(context.Background(), instance.Spec{Template: film(0)})
				if err != nil {
					if !errors.Is(err, fault.Closed) {
						t.Error(err)
					}
					return
				}
				<-i.Done()
			})
		}
		all.Go(func() {
			if err := s.Stop(context.Background()); err != nil {
				t.Error(err)
			}
		})
		all.Wait()
	}
}

// BenchmarkLife is an instance that starts, becomes live and stops, on a Runtime that costs nothing: what the engine
// adds to each.
func BenchmarkLife(b *testing.B) {
	var st stage
	s := New(Options{Open: st.open})
	b.ReportAllocs()
	for b.Loop() {
		i, err := s.Start(context.Background(), instance.Spec{ID: "a", Template: film(0)})
		if err != nil {
			b.Fatal(err)
		}
		if err := errors.Join(i.Ready(context.Background()), i.Stop(context.Background())); err != nil {
			b.Fatal(err)
		}
		delete(st.fakes, "a")
	}
}
