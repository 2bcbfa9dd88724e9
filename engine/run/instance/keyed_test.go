package instance

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine/event"
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

func TestAGuestFails(t *testing.T) {
	gone := run.Notice{Kind: run.BranchGone, Branch: "seat[ann]", Err: broken("seat[ann]/dec")}
	branches := func(r *rig) []string {
		var out []string
		for _, e := range r.events(event.BranchChanged) {
			out = append(out, e.Body.(event.Branch).Branch+" "+e.Body.(event.Branch).State)
		}
		return out
	}
	t.Run("drop", func(t *testing.T) {
		live(t, &sketch{seats: "drop"}, func(t *testing.T, r *rig) {
			r.add("ann", "bob")
			r.tell(gone)
			r.want(run.Degraded)
			r.after(time.Hour)
			r.want(run.Degraded)
			s := r.Status()
			if s.Dropped != 1 || s.Plan != "0 bob map[]" || s.Branches[2].Runs || s.Branches[2].Fault == nil || !s.Branches[3].Runs {
				t.Errorf("%+v", s)
			}
			r.add("cat") // whose plan does not have ann
			if got := r.Plan().Hash; got != "0 bob cat map[]" {
				t.Errorf("runs %q", got)
			}
			r.add("ann")
			r.want(run.Live)
			if got := branches(r); !slices.Equal(got, []string{"seat[ann] dropped", "seat[ann] back"}) {
				t.Errorf("events %q", got)
			}
		})
	})
	t.Run("drop and remove", func(t *testing.T) {
		live(t, &sketch{seats: "drop"}, func(t *testing.T, r *rig) {
			r.add("ann")
			r.tell(gone)
			if err := r.Remove(t.Context(), "seat", "ann"); err != nil {
				t.Error(err)
			}
			r.want(run.Live)
			r.wantChanges("add_branch seat[ann]")
		})
	})
	t.Run("restart", func(t *testing.T) {
		live(t, &sketch{seats: "restart"}, func(t *testing.T, r *rig) {
			r.add("ann", "bob")
			for i := range 3 {
				r.tell(gone)
				r.want(run.Degraded)
				r.after(3 * time.Second)
				r.want(run.Live)
				if n := len(r.changes()); n != 3+i {
					t.Errorf("%d changes", n)
				}
			}
			r.tell(gone) // the fourth within a minute
			r.after(time.Hour)
			r.want(run.Degraded)
			if s := r.Status(); s.Dropped != 1 || s.Restarts != 0 {
				t.Errorf("%+v", s)
			}
		})
	})
	t.Run("one of the same name, later", func(t *testing.T) {
		live(t, &sketch{seats: "restart"}, func(t *testing.T, r *rig) {
			for range 2 { // each may fail as often as the policy lets it
				r.add("ann")
				for range 3 {
					r.tell(gone)
					r.after(3 * time.Second)
				}
				r.want(run.Live)
				if err := r.Remove(t.Context(), "seat", "ann"); err != nil {
					t.Fatal(err)
				}
			}
		})
	})
	t.Run("remove while it is to come back", func(t *testing.T) {
		live(t, &sketch{seats: "restart"}, func(t *testing.T, r *rig) {
			r.add("ann")
			r.tell(gone)
			if err := r.Remove(t.Context(), "seat", "ann"); err != nil {
				t.Error(err)
			}
			r.after(time.Hour)
			r.want(run.Live)
			r.wantChanges("add_branch seat[ann]")
		})
	})
	t.Run("fail", func(t *testing.T) {
		live(t, &sketch{}, func(t *testing.T, r *rig) {
			r.add("ann")
			r.tell(gone)
			r.want(run.Failed)
			if err := r.Err(); !strings.Contains(err.Error(), "room#7f/seat[ann]/dec") {
				t.Errorf("the error is %q", err)
			}
		}, once)
	})
	t.Run("while it is removed", func(t *testing.T) {
		live(t, &sketch{seats: "drop"}, func(t *testing.T, r *rig) {
			r.add("ann")
			entered, release := r.fake().Wedge(run.CallApply)
			removed := make(chan error, 1)
			go func() { removed <- r.Remove(context.Background(), "seat", "ann") }()
			<-entered
			r.tell(gone)
			release()
			if err := <-removed; err != nil {
				t.Error(err)
			}
			r.want(run.Live)
			if got := r.Plan().Hash; got != "0 map[]" {
				t.Errorf("runs %q", got)
			}
		})
	})
	t.Run("while another is added", func(t *testing.T) {
		live(t, &sketch{seats: "drop"}, func(t *testing.T, r *rig) {
			r.add("ann")
			entered, release := r.fake().Wedge(run.CallApply)
			added := make(chan error, 1)
			go func() { added <- r.Add(context.Background(), "seat", plan.Key{Name: "bob"}) }()
			<-entered
			r.tell(gone)
			release()
			if err := <-added; err != nil {
				t.Error(err)
			}
			r.want(run.Degraded)
			if got := r.Plan().Hash; got != "0 bob map[]" {
				t.Errorf("runs %q", got)
			}
		})
	})
	t.Run("while it is added", func(t *testing.T) {
		live(t, &sketch{seats: "drop"}, func(t *testing.T, r *rig) {
			entered, release := r.fake().Wedge(run.CallApply)
			added := make(chan error, 1)
			go func() { added <- r.Add(context.Background(), "seat", plan.Key{Name: "ann"}) }()
			<-entered
			r.tell(gone)
			release()
			wantCode(t, "adding", <-added, fault.GstElement)
			r.want(run.Degraded)
			if got := r.Plan().Hash; got != "0 map[]" {
				t.Errorf("runs %q", got)
			}
		})
	})
}

func TestABranchThatMayFailAlone(t *testing.T) {
	gone := run.Notice{Kind: run.BranchGone, Branch: "push", Err: broken("push")}
	live(t, &sketch{push: "drop"}, func(t *testing.T, r *rig) {
		r.tell(gone)
		r.after(time.Hour)
		r.want(run.Degraded)
		r.wantChanges()
		if b := r.Status().Branches; len(b) != 3 || b[1].Name != "push" || b[1].Kind != plan.Apart || b[1].Fault == nil {
			t.Errorf("the branches are %+v", b)
		}
	})
	live(t, &sketch{push: "restart"}, func(t *testing.T, r *rig) {
		r.tell(gone)
		r.want(run.Degraded)
		r.after(time.Second)
		r.want(run.Live)
		r.wantChanges("add_branch push")
		r.fake().Fail(run.CallApply, broken("push"))
		r.tell(gone)
		r.after(time.Hour)
		r.want(run.Degraded)
		if s := r.Status(); s.Dropped != 1 {
			t.Errorf("%+v", s)
		}
		r.fake().Crash(broken("cam"))
		r.revived()
		r.want(run.Live) // a new Runtime has it again
	})
	live(t, &sketch{push: "restart"}, func(_ *testing.T, r *rig) { // it is about to come back when all of it fails
		r.fake().Wedge(run.CallApply)
		r.Demand("hls")
		r.tell(gone)
		r.after(2 * time.Second)
		r.fake().Crash(broken("cam"))
		r.revived()
		r.want(run.Live)
		r.wantChanges("start_lazy hls")
	})
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		r.tell(run.Notice{Kind: run.BranchGone, Branch: "nobody's", Err: broken("x")})
		r.want(run.Live)
		if r.Status().Fault == nil {
			t.Error("nobody heard of it")
		}
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
