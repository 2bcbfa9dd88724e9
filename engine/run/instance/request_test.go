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
)

func TestSet(t *testing.T) {
	live(t, &sketch{seats: "drop"}, func(t *testing.T, r *rig) {
		set := func(node string, level any) error { return r.Set(t.Context(), node, map[string]any{"level": level}) }
		if err := set("mix", 3); err != nil {
			t.Fatal(err)
		}
		r.add("ann")
		if err := set("seat[ann]/dec", 4); err != nil {
			t.Fatal(err)
		}
		r.wantChanges("set", "add_branch seat[ann]", "set")
		wantCode(t, "too high", set("mix", 11), fault.InvalidParams)
		wantCode(t, "nobody", set("bob", 1), fault.InvalidParams)
		r.fake().Fail(run.CallApply, broken("mix"))
		wantCode(t, "the Runtime refuses", set("mix", 5), fault.GstElement)
		r.fake().Fail(run.CallApply, nil)
		if err := set("mix", 3); err != nil {
			t.Error(err)
		}
		r.wantChanges("set", "add_branch seat[ann]", "set") // it is so already
		const both = "0 ann map[mix:map[level:3] seat[ann]/dec:map[level:4]]"
		if got := r.Plan().Hash; got != both {
			t.Errorf("runs %q", got)
		}
		r.fake().Crash(broken("mix"))
		r.revived()
		if got := r.Plan().Hash; got != both {
			t.Errorf("after a restart it runs %q", got)
		}
		if err := r.Remove(t.Context(), "seat", "ann"); err != nil {
			t.Fatal(err)
		}
		r.add("ann") // a new guest does not have what was set for the old one
		if got := r.Plan().Hash; got != "0 ann map[mix:map[level:3]]" {
			t.Errorf("runs %q", got)
		}
	})
}

// What a Runtime refuses to set is in no plan afterwards, also if a branch went meanwhile, which makes the plan anew.
func TestSetIsAllOrNone(t *testing.T) {
	live(t, &sketch{seats: "drop"}, func(t *testing.T, r *rig) {
		r.add("ann", "bob")
		if err := r.Set(t.Context(), "mix", map[string]any{"level": 3}); err != nil {
			t.Fatal(err)
		}
		r.fake().Fail(run.CallApply, broken("mix"))
		entered, release := r.fake().Wedge(run.CallApply)
		set := make(chan error, 1)
		go func() { set <- r.Set(context.Background(), "mix", map[string]any{"level": 5}) }()
		<-entered
		r.tell(annGone())
		release()
		wantCode(t, "the Runtime refuses", <-set, fault.GstElement)
		r.want(run.Degraded)
		const before = "0 bob map[mix:map[level:3]]"
		if got := r.Plan().Hash; got != before || r.Status().Plan != before {
			t.Errorf("runs %q, says %q", got, r.Status().Plan)
		}
		r.fake().Crash(broken("mix"))
		r.revived()
		if got := r.Plan().Hash; !strings.HasSuffix(got, "map[mix:map[level:3]]") {
			t.Errorf("after a restart it runs %q", got)
		}
	})
}

func TestDo(t *testing.T) {
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		got, err := r.Do(t.Context(), "mix", "snapshot", []plan.Setting{{Name: "width", Text: "320"}})
		if err != nil || got.Type != "image/png" {
			t.Errorf("got %+v, %v", got, err)
		}
		calls := r.fake().Calls()
		if c := calls[len(calls)-1].Change; c.Node != "mix" || c.Action != "snapshot" || c.Settings[0].Text != "320" {
			t.Errorf("asked for %+v", c)
		}
		_, err = r.Do(t.Context(), "bob", "snapshot", nil)
		wantCode(t, "a node that is not there", err, fault.ResourceNotFound)
		r.Drain(-1)
		_, err = r.Do(t.Context(), "mix", "snapshot", nil)
		wantCode(t, "after the end", err, fault.Closed)
	})
}

// steered turns the action "turn" into another level, one more each time.
type steered struct{ *sketch }

func (steered) Steer(in plan.Inputs, node, action string, args []plan.Setting) (map[string]any, error) {
	if action != "turn" {
		return nil, nil
	}
	if len(args) == 0 {
		return nil, fault.New(fault.InvalidParams, "room/"+node, "by how much?")
	}
	level, _ := in.Set[node]["level"].(int)
	return map[string]any{"level": level + len(args)}, nil
}

// An action that changes fields does what Set does: it holds after a restart, and one that is refused has changed nothing.
func TestDoSetsFields(t *testing.T) {
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		turn := func(by int) error {
			got, err := r.Do(t.Context(), "mix", "turn", make([]plan.Setting, by))
			if (err == nil) != strings.HasPrefix(string(got.JSON), `{"level":`) {
				t.Errorf("the answer is %q", got.JSON)
			}
			return err
		}
		for range 2 {
			if err := turn(3); err != nil {
				t.Fatal(err)
			}
		}
		wantCode(t, "without arguments", turn(0), fault.InvalidParams)
		wantCode(t, "too far", turn(9), fault.InvalidParams)
		r.fake().Fail(run.CallApply, broken("mix"))
		wantCode(t, "the Runtime refuses", turn(1), fault.GstElement)
		r.fake().Fail(run.CallApply, nil)
		r.wantChanges("set", "set")
		const now = "0 map[mix:map[level:6]]"
		if got := r.Plan().Hash; got != now {
			t.Errorf("runs %q", got)
		}
		if got, err := r.Do(t.Context(), "mix", "snapshot", nil); err != nil || got.Type != "image/png" {
			t.Errorf("another action: %+v, %v", got, err)
		}
		r.fake().Crash(broken("mix"))
		r.revived()
		if got := r.Plan().Hash; got != now {
			t.Errorf("after a restart it runs %q", got)
		}
		if err := turn(1); err != nil || r.Plan().Hash != "0 map[mix:map[level:7]]" {
			t.Errorf("then it runs %q, %v", r.Plan().Hash, err)
		}
	}, func(_ *rig, s *Spec, _ *Options) { s.Template = steered{&sketch{}} })
}

func TestKeyRequestsAreOneWhileTheyWait(t *testing.T) {
	live(t, &sketch{}, func(_ *testing.T, r *rig) {
		entered, release := r.fake().Wedge(run.CallApply)
		r.Key("view")
		<-entered
		for range 10 {
			r.Key("view")
			r.Key("blind")
		}
		release()
		r.wantChanges("ask_key", "ask_key")
		r.Key("none") // is only logged
		r.Key("view")
		r.wantChanges("ask_key", "ask_key", "ask_key")
	}, func(_ *rig, s *Spec, _ *Options) { s.Template = viewed{&sketch{}} })
}

func TestWhatNodesSayIsRaised(t *testing.T) {
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		r.tell(run.Notice{Kind: run.Said, Node: "mix", Event: "digit", Vars: map[string]string{"digit": "7"}})
		all := r.events(event.NodeSaid)
		if len(all) != 1 {
			t.Fatalf("%d events", len(all))
		}
		if b := all[0].Body.(event.Said); b.ID != "7f" || b.Graph != "room" || b.Node != "mix" || b.What != "digit" || b.Vars["digit"] != "7" {
			t.Errorf("the event is %+v", b)
		}
	})
}

func TestReportOfARuntimeThatDoesNotAnswer(t *testing.T) {
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		r.fake().Inspected(func(x *run.Report) { x.Memory = 42 })
		if got := r.Report(t.Context()).Runtime; got.Memory != 42 || got.Stale || got.Phase != run.Running {
			t.Errorf("the report is %+v", got)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if got := r.Report(ctx).Runtime; got.Memory != 42 || !got.Stale {
			t.Errorf("without an answer it is %+v", got)
		}
		r.stop()
		if got := r.Report(t.Context()); got.Runtime.Memory != 42 || !got.Runtime.Stale || got.Status.State != run.Stopped {
			t.Errorf("after the end it is %+v", got)
		}
	})
}

func TestStatusFollowsRequests(t *testing.T) {
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		r.add("ann")
		seat := func(b Branch) bool { return b.Name == "seat[ann]" }
		if !slices.ContainsFunc(r.Status().Branches, seat) {
			t.Error("a guest was added, and the status does not show it")
		}
		since := r.Status().Since
		r.after(time.Second)
		if r.Remove(t.Context(), "seat", "ann"); slices.ContainsFunc(r.Status().Branches, seat) || !r.Status().Since.Equal(since) {
			t.Errorf("%+v", r.Status())
		}
		synctest.Wait()
	})
}
