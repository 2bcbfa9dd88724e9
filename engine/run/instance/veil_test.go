package instance

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
)

const location = "nodir/hunter3secret.bin"

// hiding is a sketch whose "out" writes to a place that was made of a secret.
type hiding struct{ *sketch }

func (h hiding) Resolve(in plan.Inputs) (*plan.Plan, error) {
	p, err := h.sketch.Resolve(in)
	if err != nil {
		return nil, err
	}
	p.Pipelines[0].Elements[2].Props = []plan.Setting{{Name: "location", Secret: true, Text: "***"}}
	return p, plan.Unveil(p.Pipelines[0].Elements[2].Props, []string{location})
}

func hidden(_ *rig, s *Spec, _ *Options) { s.Template = hiding{s.Template.(*sketch)} }

// telltale is an error as GStreamer words them.
func telltale(node string) error {
	return fault.New(fault.GstElement, node, "could not open file %q for writing", location).Because(errors.New("no "+location)).
		Advise("look at %s", location)
}

// wantStars fails if a text has the secret, or nothing in its place.
func wantStars(t *testing.T, what string, said any) {
	t.Helper()
	text, err := json.Marshal(said)
	if err != nil {
		t.Fatal(err)
	}
	if err, ok := said.(error); ok {
		text = fmt.Appendf(nil, "%v %+v", err, errors.Unwrap(err))
	}
	if strings.Contains(string(text), "hunter3") || !strings.Contains(string(text), "***") {
		t.Errorf("%s: %s", what, text)
	}
}

func TestSecretsDoNotLeaveTheInstance(t *testing.T) {
	var log strings.Builder
	live(t, &sketch{push: "drop", seats: "drop"}, func(t *testing.T, r *rig) {
		r.fake().Fail(run.CallApply, telltale("mix"))
		wantStars(t, "the answer to a request", r.Set(t.Context(), "mix", map[string]any{"level": 3}))
		r.fake().Fail(run.CallApply, nil)
		r.tell(run.Notice{Kind: run.Said, Node: "out", Event: "written", Vars: map[string]string{"location": location}})
		r.tell(run.Notice{Kind: run.BranchGone, Branch: "push", Err: telltale("push")})
		wantStars(t, "a branch", r.Status().Branches[1])
		r.tell(run.Notice{Kind: run.Broken, Err: telltale("out")})
		r.want(run.Failed)
		wantStars(t, "the status", r.Status().Fault)
		wantStars(t, "the error", r.Err())
		events := r.events("")
		if len(events) < 5 {
			t.Errorf("%d events", len(events))
		}
		wantStars(t, "events", events)
		if strings.Contains(log.String(), "hunter3") || !strings.Contains(log.String(), "***") {
			t.Errorf("the log: %s", log.String())
		}
	}, once, hidden, logged(&log))
}

func TestSecretsOfArguments(t *testing.T) {
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		args := []plan.Setting{{Name: "to", Secret: true, Text: "***"}}
		if err := plan.Unveil(args, []string{location}); err != nil {
			t.Fatal(err)
		}
		r.fake().Fail(run.CallApply, telltale("mix"))
		_, err := r.Do(t.Context(), "mix", "snapshot", args)
		wantStars(t, "the answer", err)
	})
}

func TestSecretsOfADrainThatFails(t *testing.T) {
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		r.fake().Fail(run.CallDrain, telltale("out"))
		r.Drain(-1)
		r.want(run.Stopped)
		wantStars(t, "the error", r.Err())
		wantCode(t, "the error", r.Err(), fault.GstElement)
	}, hidden)
}
