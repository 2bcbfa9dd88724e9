package instance

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// onDevices lists the elements that work on a device, in the plan that runs.
func onDevices(p *plan.Plan) string {
	var out []string
	for _, e := range p.Pipelines[0].Elements {
		if e.Factory == "device" {
			out = append(out, e.Name)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// TestADeviceThatFailsIsReplaced: the node whose device failed has another element when the instance is back, and no other node has.
func TestADeviceThatFailsIsReplaced(t *testing.T) {
	var log strings.Builder
	live(t, &sketch{devices: true, push: "restart"}, func(t *testing.T, r *rig) {
		if got := onDevices(r.Plan()); got != "cam push rec" {
			t.Fatalf("on devices are %s", got)
		}
		r.fake().Crash(broken("cam"))
		r.want(run.Planned)
		r.revived()
		r.want(run.Live)
		if got := onDevices(r.Plan()); got != "push rec" {
			t.Errorf("after the failure on devices are %s", got)
		}
		r.fake().Crash(broken("mix"))
		r.want(run.Planned)
		r.revived()
		r.want(run.Live)
		if got := onDevices(r.Plan()); got != "push rec" {
			t.Errorf("after a failure of something else on devices are %s", got)
		}
	}, logged(&log))
	if text := log.String(); strings.Count(text, "encoder replaced") != 1 || !strings.Contains(text, "node=cam element=device") {
		t.Errorf("the log says\n%s", text)
	}
}

// TestAWorkerThatIsLostTakesNoDeviceAgain: whose doing it was is not known.
func TestAWorkerThatIsLostTakesNoDeviceAgain(t *testing.T) {
	live(t, &sketch{devices: true, push: "restart"}, func(t *testing.T, r *rig) {
		r.fake().Crash(fault.New(fault.Lost, "7f", "the worker crashed"))
		r.revived()
		r.want(run.Live)
		if got := onDevices(r.Plan()); got != "" {
			t.Errorf("on devices are %s", got)
		}
	})
}

// TestABranchOnADevice: what may fail alone comes back without the device, and the rest plays on.
func TestABranchOnADevice(t *testing.T) {
	live(t, &sketch{devices: true, push: "restart", seats: "restart"}, func(t *testing.T, r *rig) {
		r.add("ann", "bob")
		r.tell(annGone())
		r.tell(run.Notice{Kind: run.BranchGone, Branch: "push", Err: broken("push")})
		r.after(time.Minute)
		r.want(run.Live)
		if got := onDevices(r.Plan()); got != "cam rec seat[ann]/in seat[bob]/dec seat[bob]/in" {
			t.Errorf("on devices are %s", got)
		}
		if r.opened() != 1 {
			t.Errorf("it was restarted: %d Runtimes", r.opened())
		}
	})
}

// TestALazyOneOnADevice: what is lazy is part of the plan that a Runtime has, so that it takes another Runtime.
func TestALazyOneOnADevice(t *testing.T) {
	live(t, &sketch{devices: true}, func(t *testing.T, r *rig) {
		r.tell(run.Notice{Kind: run.BranchGone, Branch: "rec", Err: broken("rec")})
		r.revived()
		r.want(run.Live)
		if got := onDevices(r.Plan()); got != "cam" || r.opened() != 2 {
			t.Errorf("on devices are %s, after %d Runtimes", got, r.opened())
		}
	})
}
