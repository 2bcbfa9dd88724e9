package ctl

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"sluice/api/rest/wire"
	"sluice/cmd/sluice/ctl/show"
	"sluice/engine/event"
	"sluice/engine/fault"
)

// TestWhatEndedIsNoUsage: a pipeline's failure is one of the server's, whatever its code, and tells its place once.
func TestWhatEndedIsNoUsage(t *testing.T) {
	for _, code := range []fault.Code{fault.InvalidRequest, fault.ResourceNotFound, fault.Stalled, fault.NameInUse} {
		cause := event.CauseOf(fault.New(code, "x#y/out", "no good").Advise("mend it"))
		p := wire.Pipeline{ID: "y", Graph: "x", State: "failed", Fault: &wire.Fault{
			Code: string(cause.Code), Place: cause.Place, Text: cause.Text, Blame: cause.Blame,
		}}
		var errs bytes.Buffer
		if err := Tell(&errs, errors.Join(nil, failed(p))); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", code, err)
		}
		want := "sluice: " + string(code) + ": no good (mend it)\n  at x#y/out\n  `sluice ctl pipelines explain y`\n"
		if errs.String() != want {
			t.Errorf("%s, want %s", &errs, want)
		}
		var page strings.Builder
		if err := ExplainPipeline(wire.PipelineDetail{Pipeline: p}, clock()).Write(&page, show.Style{}); err != nil {
			t.Fatal(err)
		}
		if text := page.String(); strings.Count(text, "x#y/out") != 1 || !strings.Contains(text, string(code)+": no good (mend it)\n    at x#y/out") {
			t.Error(text)
		}
	}
	var errs bytes.Buffer
	if err := Tell(&errs, failed(wire.Pipeline{ID: "y", Graph: "x", State: "lost"})); !errors.Is(err, ErrRefused) {
		t.Error(err)
	}
	if errs.String() != "sluice: lost: it is lost\n  at x#y\n" {
		t.Error(errs.String())
	}
}

// TestOwnMistakesAreUsage: what is wrong before a server is asked is the command line's fault, or a file's.
func TestOwnMistakesAreUsage(t *testing.T) {
	var errs bytes.Buffer
	if _, ok := errors.AsType[Usage](Tell(&errs, fault.New(fault.InvalidRequest, "", "two kinds"))); !ok || errs.Len() > 0 {
		t.Errorf("it is no usage: %s", &errs)
	}
	if err := Tell(&errs, fault.New(fault.ResourceNotFound, "x.yaml", "cannot be read")); !errors.Is(err, ErrUnreached) {
		t.Error(err)
	}
	if err := Tell(&errs, nil); err != nil {
		t.Error(err)
	}
}
