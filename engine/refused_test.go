package engine

import (
	"context"
	"fmt"
	"testing"
	"time"

	"sluice/engine/fault"
)

// The latest refusals of a stream are remembered, the latest first, and never more than there is room for.
func TestRefused(t *testing.T) {
	e := &Engine{}
	at := time.Unix(1_000_000, 0)
	for i := range 3 * refusalsKept {
		e.refused.note(at.Add(time.Duration(i)), Event{Name: "fake.play", Path: fmt.Sprint("/cam", i%2)}, fault.New(fault.Overloaded, "", "%d", i))
	}
	e.refused.note(at, Event{Name: "fake.play", Path: "/cam1"}, fmt.Errorf("gone: %w", context.Canceled))
	got := e.Refused("cam1")
	if len(got) != refusalsKept/2 || got[0].Err.Error() != fmt.Sprint(3*refusalsKept-1) || !got[0].At.After(got[1].At) || got[0].Event != "fake.play" {
		t.Errorf("%d: %+v", len(got), got[:min(2, len(got))])
	}
	if got := e.Refused("cam2"); got != nil {
		t.Errorf("%+v", got)
	}
}
