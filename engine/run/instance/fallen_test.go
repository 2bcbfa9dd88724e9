package instance

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// annGone is what a Runtime says when the branch of the guest ann failed.
func annGone() run.Notice {
	return run.Notice{Kind: run.BranchGone, Branch: "seat[ann]", Err: broken("seat[ann]/dec")}
}

func TestAGuestThatFailsIsDropped(t *testing.T) {
	live(t, &sketch{seats: "drop"}, func(t *testing.T, r *rig) {
		r.add("ann", "bob")
		r.tell(annGone())
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
		if got := branchEvents(r); !slices.Equal(got, []string{"seat[ann] dropped", "seat[ann] back"}) {
			t.Errorf("events %q", got)
		}
	})
}

func TestADroppedGuestIsRemoved(t *testing.T) {
	live(t, &sketch{seats: "drop"}, func(t *testing.T, r *rig) {
		r.add("ann")
		r.tell(annGone())
		if err := r.Remove(t.Context(), "seat", "ann"); err != nil {
			t.Error(err)
		}
		r.want(run.Live)
		r.wantChanges("add_branch seat[ann]")
	})
}

func TestAGuestThatFailsComesBack(t *testing.T) {
	live(t, &sketch{seats: "restart"}, func(t *testing.T, r *rig) {
		r.add("ann", "bob")
		for i := range 3 {
			r.tell(annGone())
			r.want(run.Degraded)
			r.after(3 * time.Second)
			r.want(run.Live)
			if n := len(r.changes()); n != 3+i {
				t.Errorf("%d changes", n)
			}
		}
		r.tell(annGone()) // the fourth within a minute
		r.after(time.Hour)
		r.want(run.Degraded)
		if s := r.Status(); s.Dropped != 1 || s.Restarts != 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestALaterGuestOfTheSameName(t *testing.T) {
	live(t, &sketch{seats: "restart"}, func(t *testing.T, r *rig) {
		for range 2 { // each may fail as often as the policy lets it
			r.add("ann")
			for range 3 {
				r.tell(annGone())
				r.after(3 * time.Second)
			}
			r.want(run.Live)
			if err := r.Remove(t.Context(), "seat", "ann"); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestAGuestIsRemovedBeforeItComesBack(t *testing.T) {
	live(t, &sketch{seats: "restart"}, func(t *testing.T, r *rig) {
		r.add("ann")
		r.tell(annGone())
		if err := r.Remove(t.Context(), "seat", "ann"); err != nil {
			t.Error(err)
		}
		r.after(time.Hour)
		r.want(run.Live)
		r.wantChanges("add_branch seat[ann]")
	})
}

func TestAGuestThatFailsEndsAll(t *testing.T) {
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		r.add("ann")
		r.tell(annGone())
		r.want(run.Failed)
		if err := r.Err(); !strings.Contains(err.Error(), "room#7f/seat[ann]/dec") {
			t.Errorf("the error is %q", err)
		}
	}, once)
}

func TestAGuestFailsWhileItIsRemoved(t *testing.T) {
	live(t, &sketch{seats: "drop"}, func(t *testing.T, r *rig) {
		r.add("ann")
		entered, release := r.fake().Wedge(run.CallApply)
		removed := make(chan error, 1)
		go func() { removed <- r.Remove(context.Background(), "seat", "ann") }()
		<-entered
		r.tell(annGone())
		release()
		if err := <-removed; err != nil {
			t.Error(err)
		}
		r.want(run.Live)
		if got := r.Plan().Hash; got != "0 map[]" {
			t.Errorf("runs %q", got)
		}
	})
}

func TestAGuestFailsWhileAnotherIsAdded(t *testing.T) {
	live(t, &sketch{seats: "drop"}, func(t *testing.T, r *rig) {
		r.add("ann")
		entered, release := r.fake().Wedge(run.CallApply)
		added := make(chan error, 1)
		go func() { added <- r.Add(context.Background(), "seat", plan.Key{Name: "bob"}) }()
		<-entered
		r.tell(annGone())
		release()
		if err := <-added; err != nil {
			t.Error(err)
		}
		r.want(run.Degraded)
		if got := r.Plan().Hash; got != "0 bob map[]" {
			t.Errorf("runs %q", got)
		}
	})
}

func TestAGuestFailsWhileItIsAdded(t *testing.T) {
	live(t, &sketch{seats: "drop"}, func(t *testing.T, r *rig) {
		entered, release := r.fake().Wedge(run.CallApply)
		added := make(chan error, 1)
		go func() { added <- r.Add(context.Background(), "seat", plan.Key{Name: "ann"}) }()
		<-entered
		r.tell(annGone())
		release()
		wantCode(t, "adding", <-added, fault.GstElement)
		r.want(run.Degraded)
		if got := r.Plan().Hash; got != "0 map[]" {
			t.Errorf("runs %q", got)
		}
	})
}

// branchEvents lists what became of branches, as events say it.
func branchEvents(r *rig) []string {
	var out []string
	for _, e := range r.events(event.BranchChanged) {
		out = append(out, e.Body.(event.Branch).Branch+" "+e.Body.(event.Branch).State)
	}
	return out
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
