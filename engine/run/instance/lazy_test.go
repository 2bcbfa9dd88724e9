package instance

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

func TestLazyRunsWhileItIsRead(t *testing.T) {
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		r.wantChanges()
		r.Demand("hls")
		r.Demand("hls")
		r.wantChanges("start_lazy hls")
		r.Idle("hls")
		r.after(time.Minute)
		r.wantChanges("start_lazy hls")
		r.Idle("hls")
		r.after(5*time.Second - 1)
		r.wantChanges("start_lazy hls")
		r.after(1)
		r.wantChanges("start_lazy hls", "end_lazy hls")
		if got := r.Status().Branches; !slices.Equal(got, []Branch{{Name: "hls", Kind: "lazy"}, {Name: "rec", Kind: "lazy"}}) {
			t.Errorf("branches %+v", got)
		}
		r.Demand("hls")
		r.wantChanges("start_lazy hls", "end_lazy hls", "start_lazy hls")
		var states []string
		for _, e := range r.events(event.BranchChanged) {
			states = append(states, e.Body.(event.Branch).Branch+" "+e.Body.(event.Branch).State)
		}
		if !slices.Equal(states, []string{"hls runs", "hls ended", "hls runs"}) {
			t.Errorf("events %q", states)
		}
	})
}

func TestAReaderWhoComesBackInTime(t *testing.T) {
	live(t, &sketch{}, func(_ *testing.T, r *rig) {
		r.Demand("rec")
		for range 5 {
			r.Idle("rec")
			r.after(time.Second)
			r.Demand("rec")
			r.after(10 * time.Second)
		}
		r.Idle("rec")
		r.Idle("rec") // one too many does not count
		r.Demand("rec")
		r.after(time.Minute)
		r.wantChanges("start_lazy rec")
	})
}

// Readers who come and go while it is being started or ended: what counts is how it stands at the end.
func TestLazyWhileACallIsAtWork(t *testing.T) {
	live(t, &sketch{}, func(_ *testing.T, r *rig) {
		_, release := r.fake().Wedge(run.CallApply)
		r.Demand("rec")
		synctest.Wait()
		r.Idle("rec")
		synctest.Wait()
		release()
		r.wantChanges("start_lazy rec")
		r.after(time.Second)
		_, release = r.fake().Wedge(run.CallApply)
		r.after(time.Second) // the end begins
		r.Demand("rec")
		synctest.Wait()
		release()
		r.wantChanges("start_lazy rec", "end_lazy rec", "start_lazy rec")
		r.after(time.Minute)
		r.wantChanges("start_lazy rec", "end_lazy rec", "start_lazy rec")
	})
	live(t, &sketch{}, func(_ *testing.T, r *rig) {
		_, release := r.fake().Wedge(run.CallApply)
		r.Demand("rec")
		r.Demand("hls")
		synctest.Wait()
		r.Idle("hls") // its turn has not come yet
		r.after(6 * time.Second)
		release()
		r.wantChanges("start_lazy rec")
	})
}

func TestDemandBeforeItRuns(t *testing.T) {
	begin(t, &sketch{}, func(t *testing.T, r *rig) {
		if err := r.Demand("hls"); err != nil {
			t.Fatal(err)
		}
		wantCode(t, "nothing of the name", r.Demand("cam"), fault.ResourceNotFound)
		r.Idle("none")
		r.play()
		r.wantChanges("start_lazy hls")
	})
}

func TestALazyBranchThatFails(t *testing.T) {
	gone := run.Notice{Kind: run.BranchGone, Branch: "rec", Err: broken("rec")}
	t.Run("it waits for the next reader", func(t *testing.T) {
		live(t, &sketch{}, func(t *testing.T, r *rig) {
			r.Demand("rec")
			synctest.Wait()
			r.tell(gone)
			r.want(run.Degraded)
			r.after(time.Hour)
			r.wantChanges("start_lazy rec")
			if b := r.Status().Branches[1]; b.Runs || b.Fault == nil || b.Fault.Place != "room#7f/rec" || b.Readers != 1 {
				t.Errorf("the branch is %+v", b)
			}
			r.Demand("rec")
			r.want(run.Live)
			r.wantChanges("start_lazy rec", "start_lazy rec")
		})
	})
	t.Run("nobody cares any more", func(t *testing.T) {
		live(t, &sketch{}, func(_ *testing.T, r *rig) {
			r.Demand("rec")
			synctest.Wait()
			r.tell(gone)
			r.Idle("rec")
			r.want(run.Live)
		})
	})
	t.Run("it cannot be started", func(t *testing.T) {
		live(t, &sketch{}, func(t *testing.T, r *rig) {
			r.Demand("rec")
			r.want(run.Degraded)
			if s := r.Status(); s.Fault == nil || s.Fault.Code != fault.GstElement {
				t.Errorf("the fault is %+v", s.Fault)
			}
		}, primed(func(_ int, f *fake.Runtime) {
			f.Answer(run.StartLazy, func(run.Change) (run.Result, error) { return run.Result{}, broken("rec") })
		}))
	})
	t.Run("on_error: restart", func(t *testing.T) {
		live(t, &sketch{rec: "restart"}, func(_ *testing.T, r *rig) {
			r.Demand("rec")
			synctest.Wait()
			r.tell(gone)
			r.want(run.Degraded)
			r.after(time.Second)
			r.want(run.Live)
			r.wantChanges("start_lazy rec", "start_lazy rec")
		})
	})
	t.Run("on_error: fail", func(t *testing.T) {
		live(t, &sketch{rec: "fail"}, func(_ *testing.T, r *rig) {
			r.Demand("rec")
			synctest.Wait()
			r.tell(gone)
			r.want(run.Failed)
		}, once)
	})
	t.Run("it cannot be ended", func(t *testing.T) {
		live(t, &sketch{}, func(t *testing.T, r *rig) {
			r.Demand("rec")
			r.Idle("rec")
			synctest.Wait()
			r.Demand("rec")
			r.Idle("rec")
			r.after(time.Minute)
			r.want(run.Live)
			if s := r.Status(); s.Fault == nil || s.Branches[1].Runs {
				t.Errorf("%+v", s)
			}
		}, primed(func(_ int, f *fake.Runtime) {
			f.Answer(run.EndLazy, func(run.Change) (run.Result, error) { return run.Result{}, broken("rec") })
		}))
	})
}

func wanted(_ *rig, s *Spec, _ *Options) { s.WhileWanted = true }

func TestBegunByDemandAndIdle(t *testing.T) {
	live(t, &sketch{lonely: true}, func(_ *testing.T, r *rig) {
		r.Demand("rec")
		r.after(time.Hour)
		r.Idle("rec")
		r.after(time.Second)
		r.want(run.Live)
		r.after(time.Second)
		r.want(run.Stopped)
		r.wantChanges("start_lazy rec", "end_lazy rec")
	}, wanted)
	live(t, &sketch{policy: restarts("always", 0)}, func(_ *testing.T, r *rig) {
		r.after(10*time.Second - 1)
		r.want(run.Live)
		r.after(1)
		r.want(run.Stopped)
	}, wanted)
	live(t, &sketch{}, func(_ *testing.T, r *rig) {
		r.after(time.Hour)
		r.want(run.Live)
	})
}
