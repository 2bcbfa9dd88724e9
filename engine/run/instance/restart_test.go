package instance

import (
	"context"
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

func restarts(when string, tries int) func(*plan.Policy) {
	return func(p *plan.Policy) { p.Restart.When, p.Restart.Tries = when, tries }
}

func TestRestartAfterAFailure(t *testing.T) {
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		r.fake().Crash(broken("mix"))
		r.want(run.Planned)
		s := r.Status()
		if s.Restarts != 1 || !s.Retry.Equal(time.Now().Add(time.Second)) || s.Fault == nil || s.Fault.Place != "room#7f/mix" {
			t.Errorf("while it waits: %+v", s)
		}
		r.revived()
		r.want(run.Live)
		if s := r.Status(); s.Restarts != 1 || !s.Retry.IsZero() || s.Fault == nil {
			t.Errorf("when it is back: %+v", s)
		}
		want := []run.State{run.Planned, run.Starting, run.Live, run.Failed, run.Planned, run.Starting, run.Live}
		if got := r.states(); !slices.Equal(got, want) {
			t.Errorf("states %v", got)
		}
	})
}

func TestStopWhileARestartIsDue(t *testing.T) {
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		r.fake().Crash(broken("mix"))
		r.want(run.Planned)
		r.stop()
		r.want(run.Stopped)
		if r.Err() != nil || r.opened() != 1 {
			t.Errorf("%v after %d Runtimes", r.Err(), r.opened())
		}
	})
}

// A lost Runtime is no reason not to try another.
func TestRestartAfterALoss(t *testing.T) {
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		r.fake().Crash(broken("mix"))
		r.revived()
		r.want(run.Live)
		if s := r.Status(); s.Lost != 1 || s.Restarts != 1 {
			t.Errorf("%+v", s)
		}
		if got := r.states(); !slices.Contains(got, run.Lost) {
			t.Errorf("states %v", got)
		}
	}, primed(func(n int, f *fake.Runtime) {
		if n == 0 {
			f.Wedge(run.CallStop)
		}
	}))
}

func TestGivesUp(t *testing.T) {
	begin(t, &sketch{}, func(t *testing.T, r *rig) {
		err := r.Wait(t.Context())
		wantCode(t, "ended", err, fault.GstElement)
		if !strings.Contains(err.Error(), "given up after 3 restarts in 1m") || !strings.Contains(err.Error(), "it failed") {
			t.Errorf("the error is %q", err)
		}
		if r.opened() != 4 || r.Status().Restarts != 3 || r.Status().Fault.Place != "room#7f/mix" {
			t.Errorf("%d Runtimes, %+v", r.opened(), r.Status())
		}
		r.want(run.Failed)
	}, primed(func(_ int, f *fake.Runtime) { f.Fail(run.CallPrepare, broken("mix")) }))
}

func TestWhenToRestart(t *testing.T) {
	ended := run.Notice{Kind: run.NodeEnded, Node: "cam"}
	gone := run.Notice{Kind: run.Broken, Err: broken("cam")}
	for _, c := range []struct {
		when   string
		notice run.Notice
		again  bool
	}{
		{"never", gone, false}, {"never", ended, false}, {"error", gone, true}, {"error", ended, false}, {"always", gone, true}, {"always", ended, true},
	} {
		live(t, &sketch{policy: restarts(c.when, 0)}, func(t *testing.T, r *rig) {
			r.tell(c.notice)
			r.after(time.Minute)
			if again := r.opened() > 1; again != c.again {
				t.Errorf("%s after %s: %v", c.when, c.notice.Kind, again)
			}
		})
	}
}

// What another attempt cannot mend is not tried again.
func TestHopelessFailures(t *testing.T) {
	for _, i := range fault.Codes() {
		want := 2
		switch i.Code {
		case fault.InvalidRequest, fault.InvalidParams, fault.Unauthorized, fault.Forbidden, fault.CodecNotAvailable, fault.ElementUnavailable,
			fault.LintFailed, fault.GstUnavailable:
			want = 1
		}
		begin(t, &sketch{policy: restarts("error", 1)}, func(t *testing.T, r *rig) {
			r.Wait(t.Context())
			if r.opened() != want {
				t.Errorf("%s: %d Runtimes, want %d", i.Code, r.opened(), want)
			}
		}, primed(func(_ int, f *fake.Runtime) { f.Fail(run.CallPrepare, fault.New(i.Code, "x", "told to")) }))
	}
}

// Waits grow while it keeps failing, and are short again once it ran well.
func TestBackoff(t *testing.T) {
	up := func(_ *rig, _ *Spec, o *Options) { o.Random = func() float64 { return 0.999999 } }
	live(t, &sketch{policy: restarts("error", 0)}, func(t *testing.T, r *rig) {
		waits := func() time.Duration {
			r.fake().Crash(broken("mix"))
			synctest.Wait()
			wait := time.Until(r.Status().Retry)
			r.revived()
			return wait.Round(time.Second / 10)
		}
		for i, want := range []time.Duration{1500, 4500, 8000, 8000} {
			if got := waits(); got != want*time.Millisecond {
				t.Errorf("wait %d is %s", i, got)
			}
		}
		r.after(9 * time.Second)
		if got := waits(); got != 1500*time.Millisecond {
			t.Errorf("after it ran well it waits %s", got)
		}
	}, up)
}

// What was there before a restart is there again: guests, and what somebody reads.
func TestReplay(t *testing.T) {
	first := func(_ *rig, s *Spec, _ *Options) {
		s.Inputs.Keys = map[string][]plan.Key{"seat": {{Name: "ann"}}}
	}
	live(t, &sketch{seats: "drop"}, func(t *testing.T, r *rig) {
		for _, guest := range []string{"bob", "cat"} {
			if err := r.Add(t.Context(), "seat", plan.Key{Name: guest}); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Remove(t.Context(), "seat", "bob"); err != nil {
			t.Fatal(err)
		}
		if err := r.Demand("hls"); err != nil {
			t.Fatal(err)
		}
		r.Demand("rec")
		r.Idle("rec")
		r.wantChanges("add_branch seat[bob]", "add_branch seat[cat]", "remove_branch seat[bob]", "start_lazy hls")
		r.fake().Crash(broken("mix"))
		r.revived()
		r.wantChanges("add_branch seat[cat]", "start_lazy hls")
		if prepared := r.fake().Calls()[0].Plan; prepared != "0 ann map[]" {
			t.Errorf("prepared with %q", prepared)
		}
		if got := r.Plan().Hash; got != "0 ann cat map[]" {
			t.Errorf("runs %q", got)
		}
		r.want(run.Live)
	}, first)
}

// A guest who makes the start fail again takes only himself away.
func TestReplayOfWhatFails(t *testing.T) {
	refuse := func(n int, f *fake.Runtime) {
		if n > 0 {
			f.Answer(run.AddBranch, func(run.Change) (run.Result, error) { return run.Result{}, broken("seat[bob]/dec") })
		}
	}
	for onError, want := range map[string]run.State{"drop": run.Degraded, "restart": run.Degraded, "": run.Planned} {
		live(t, &sketch{seats: onError}, func(t *testing.T, r *rig) {
			if err := r.Add(t.Context(), "seat", plan.Key{Name: "bob"}); err != nil {
				t.Fatal(err)
			}
			r.fake().Crash(broken("mix"))
			if onError == "" {
				for r.opened() < 2 {
					r.after(time.Second / 4)
				}
			} else {
				r.revived()
			}
			r.want(want)
			if s := r.Status(); s.Fault.Place != "room#7f/seat[bob]/dec" {
				t.Errorf("%q: %+v", onError, s.Fault)
			}
		}, primed(refuse))
	}
}

// Requests that come while it does not run wait for it.
func TestRequestsWaitForTheRestart(t *testing.T) {
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		r.fake().Crash(broken("mix"))
		r.want(run.Planned)
		short, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		if err := r.Add(short, "seat", plan.Key{Name: "cat"}); err != context.DeadlineExceeded {
			t.Errorf("without patience: %v", err)
		}
		added := make(chan error, 1)
		go func() { added <- r.Add(context.Background(), "seat", plan.Key{Name: "bob"}) }()
		r.revived()
		if err := <-added; err != nil {
			t.Error(err)
		}
		r.wantChanges("add_branch seat[bob]")
	})
}

func TestReload(t *testing.T) {
	for _, c := range []struct {
		name   string
		policy string
		next   *sketch
		again  bool
	}{
		{"another plan, and the policy lets it", "restart", &sketch{version: 2}, true},
		{"another plan, and the policy keeps it", "keep", &sketch{version: 2}, false},
		{"the same plan", "restart", &sketch{}, false},
		{"no plan", "restart", &sketch{fails: fault.New(fault.InvalidParams, "", "it is broken")}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			reload := func(p *plan.Policy) { p.Reload = c.policy }
			c.next.policy = reload
			live(t, &sketch{policy: reload}, func(t *testing.T, r *rig) {
				if err := r.Add(t.Context(), "seat", plan.Key{Name: "bob"}); err != nil {
					t.Fatal(err)
				}
				before := r.fake()
				r.events("")
				r.Reload(c.next)
				synctest.Wait()
				if again := r.fake() != before; again != c.again {
					t.Fatalf("another Runtime: %v", again)
				}
				if !c.again {
					r.want(run.Live)
					if n := len(r.events(event.InstanceChanged)); n > 0 {
						t.Errorf("%d changes", n)
					}
					return
				}
				r.play()
				r.want(run.Live)
				r.wantChanges("add_branch seat[bob]")
				if got := r.Plan().Hash; got != "2 bob map[]" {
					t.Errorf("runs %q", got)
				}
				if !slices.ContainsFunc(before.Calls(), func(c fake.Call) bool { return c.Call == run.CallDrain && c.Err == nil }) {
					t.Error("the one before was not drained")
				}
			})
		})
	}
}

// What comes while a restart is due is taken at once; what comes after a request to end is not.
func TestReloadBetweenAttempts(t *testing.T) {
	reload := func(p *plan.Policy) { p.Reload = "restart" }
	live(t, &sketch{policy: reload}, func(t *testing.T, r *rig) {
		r.fake().Crash(broken("mix"))
		r.want(run.Planned)
		r.Reload(&sketch{policy: reload, version: 3})
		r.revived()
		if got := r.fake().Calls()[0].Plan; got != "3 map[]" {
			t.Errorf("prepared with %q", got)
		}
		r.Drain(-1)
		r.Reload(&sketch{policy: reload, version: 4})
		r.want(run.Stopped)
	})
}

// What a Runtime that is gone still has to say concerns nobody.
func TestNoticesOfTheOneBefore(t *testing.T) {
	live(t, &sketch{push: "drop"}, func(_ *testing.T, r *rig) {
		old := r.owner.at.host // the owner waits: nobody else looks
		r.fake().Crash(broken("mix"))
		r.want(run.Planned)
		for r.opened() < 2 {
			r.after(time.Second / 4)
		}
		for _, k := range []run.NoticeKind{run.FirstMedia, run.BranchGone, run.NodeEnded, run.Broken} {
			old.Tell(run.Notice{Kind: k, Node: "cam", Branch: "push", Err: broken("old")})
			r.want(run.Starting)
		}
	})
}

// A plan that became dearer than the one before has to be let in anew; until it is, the instance waits for its next restart.
func TestRestartWithADearerPlan(t *testing.T) {
	cost, room := 1.0, 1.5
	var asked []float64
	limited := func(_ *rig, _ *Spec, o *Options) {
		o.Reserve = func(id string, cpus float64) error {
			if asked = append(asked, cpus); cpus > room {
				return fault.New(fault.Overloaded, id, "full")
			}
			return nil
		}
	}
	live(t, &sketch{policy: func(p *plan.Policy) { p.Cost = cost }}, func(t *testing.T, r *rig) {
		r.fake().Crash(broken("mix"))
		r.want(run.Planned)
		r.revived()
		r.want(run.Live)
		if len(asked) != 0 {
			t.Errorf("asked for the same again: %v", asked)
		}
		cost = 2
		r.fake().Crash(broken("mix"))
		r.want(run.Planned)
		r.after(time.Until(r.Status().Retry))
		synctest.Wait()
		r.want(run.Planned)
		if s := r.Status(); s.Fault == nil || s.Fault.Code != fault.Overloaded || r.opened() != 2 {
			t.Errorf("it is let in: %+v, %d Runtimes", s.Fault, r.opened())
		}
		room = 3
		r.revived()
		r.want(run.Live)
		if !slices.Equal(asked, []float64{2, 2}) {
			t.Errorf("asked for %v", asked)
		}
	}, limited)
}
