package instance

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

func (r *rig) add(names ...string) {
	r.t.Helper()
	for _, n := range names {
		if err := r.Add(r.t.Context(), "seat", plan.Key{Name: n}); err != nil {
			r.t.Fatalf("%s: %v", n, err)
		}
	}
}

func TestGuestsComeAndGo(t *testing.T) {
	e := newEnds()
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		r.add("ann", "bob")
		if err := r.Remove(t.Context(), "seat", "ann"); err != nil {
			t.Fatal(err)
		}
		r.add("ann")
		r.wantChanges("add_branch seat[ann]", "add_branch seat[bob]", "remove_branch seat[ann]", "add_branch seat[ann]")
		want := []string{
			"plan 0 map[] with [side]", "plan 0 ann map[] with [seat[ann]/bridge]", "plan 0 ann bob map[] with [seat[bob]/bridge]",
			"plan 0 bob map[] with []", "plan 0 ann bob map[] with [seat[ann]/bridge]",
		}
		if !slices.Equal(e.said(), want) {
			t.Errorf("the ends heard %q", e.said())
		}
		report := r.Report(t.Context())
		if report.Runtime.Plan != "0 ann bob map[]" || report.Status.Plan != report.Runtime.Plan || report.Status.Cost != 1 {
			t.Errorf("the report is %+v", report)
		}
		if b := report.Status.Branches; len(b) != 4 || b[2] != (Branch{Name: "seat[ann]", Kind: plan.Keyed, Runs: true}) {
			t.Errorf("the branches are %+v", b)
		}
	}, with(e))
}

func TestGuestsWhoAreRefused(t *testing.T) {
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		r.add("ann", "bob", "cat")
		for _, c := range []struct {
			what string
			err  error
			want fault.Code
			says string
		}{
			{"one too many", r.Add(t.Context(), "seat", plan.Key{Name: "dan"}), fault.InvalidParams, "4 instances are more than the 3 allowed"},
			{"somebody who is there", r.Add(t.Context(), "seat", plan.Key{Name: "bob"}), fault.NameInUse, `"bob"`},
			{"where nobody sits", r.Add(t.Context(), "desk", plan.Key{Name: "dan"}), fault.ResourceNotFound, `"desk"`},
			{"removing who is not there", r.Remove(t.Context(), "seat", "dan"), fault.ResourceNotFound, "seat[dan]"},
		} {
			wantCode(t, c.what, c.err, c.want)
			if !strings.Contains(c.err.Error(), c.says) || !strings.HasPrefix(c.err.Error(), "room#7f/") {
				t.Errorf("%s: %q", c.what, c.err)
			}
		}
		if err := r.Remove(t.Context(), "seat", "cat"); err != nil {
			t.Fatal(err)
		}
		wantCode(t, "one whose parameters are wrong", r.Add(t.Context(), "seat", plan.Key{Name: "bad"}), fault.InvalidParams)
		r.add("dan")
		if got := r.Plan().Hash; got != "0 ann bob dan map[]" {
			t.Errorf("runs %q", got)
		}
	})
}

func TestNoRoomForAnotherGuest(t *testing.T) {
	var asked []float64
	limited := func(_ *rig, _ *Spec, o *Options) {
		o.Reserve = func(id string, cpus float64) error {
			if asked = append(asked, cpus); cpus > 0.5 {
				return fault.New(fault.Overloaded, id, "full")
			}
			return nil
		}
	}
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		r.add("ann")
		wantCode(t, "the second", r.Add(t.Context(), "seat", plan.Key{Name: "bob"}), fault.Overloaded)
		if err := r.Remove(t.Context(), "seat", "ann"); err != nil {
			t.Fatal(err)
		}
		r.add("bob")
		if !slices.Equal(asked, []float64{0.5, 1, 0, 0.5}) {
			t.Errorf("asked for %v", asked)
		}
	}, limited)
}

func TestAGuestWhoCannotBeAdded(t *testing.T) {
	live(t, &sketch{seats: "drop"}, func(t *testing.T, r *rig) {
		r.fake().Fail(run.CallApply, broken("seat[ann]/dec"))
		err := r.Add(t.Context(), "seat", plan.Key{Name: "ann"})
		wantCode(t, "the first try", err, fault.GstElement)
		r.want(run.Live) // the room lost nothing
		r.fake().Fail(run.CallApply, nil)
		r.add("ann")
	})
}

func TestAGuestWhoCannotBeRemoved(t *testing.T) {
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		r.add("ann")
		r.fake().Fail(run.CallApply, broken("seat[ann]/dec"))
		wantCode(t, "the first try", r.Remove(t.Context(), "seat", "ann"), fault.GstElement)
		if got := r.Plan().Hash; got != "0 ann map[]" {
			t.Errorf("runs %q", got)
		}
		r.fake().Fail(run.CallApply, nil)
		if err := r.Remove(t.Context(), "seat", "ann"); err != nil {
			t.Error(err)
		}
	})
}

// Nobody waits any more: what has not begun is not begun, what has comes to its end.
func TestRequestsThatNobodyWaitsFor(t *testing.T) {
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		entered, release := r.fake().Wedge(run.CallApply)
		ctx, cancel := context.WithCancel(t.Context())
		errs := make(chan error, 2)
		go func() { errs <- r.Add(ctx, "seat", plan.Key{Name: "ann"}) }()
		<-entered
		go func() { errs <- r.Add(ctx, "seat", plan.Key{Name: "bob"}) }()
		synctest.Wait()
		cancel()
		for range 2 {
			if err := <-errs; !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		}
		release()
		r.wantChanges("add_branch seat[ann]")
	})
}

// A room without anybody that always runs begins its Runtime all the same: guests will need it.
func TestARoomThatIsEmptyAtFirst(t *testing.T) {
	begin(t, &sketch{lonely: true}, func(t *testing.T, r *rig) {
		r.want(run.Live)
		r.add("ann")
		r.wantChanges("add_branch seat[ann]")
		if c := r.fake().Calls()[0]; c.Call != run.CallPrepare || c.Plan != "0 map[]" {
			t.Errorf("prepared with %q", c.Plan)
		}
	}, primed(func(int, *fake.Runtime) {}))
}
