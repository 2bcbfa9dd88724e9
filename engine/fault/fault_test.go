package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"sluice/engine/fault"
)

func TestFaultReadsPlaceMessageCauseHint(t *testing.T) {
	cause := errors.New("no route to host")
	f := fault.New(fault.Stalled, "live/cam#1/in", "no media for %ds", 15).Because(cause).Advise("look at %s", "the camera")
	if got, want := f.Error(), "live/cam#1/in: no media for 15s: no route to host (look at the camera)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := fault.New(fault.Closed, "", "stopped").Error(); got != "stopped" {
		t.Errorf("got %q", got)
	}
	if !errors.Is(f, cause) {
		t.Error("the cause is lost")
	}
}

func TestCodesAreComparable(t *testing.T) {
	err := fmt.Errorf("starting: %w", fault.New(fault.NameInUse, "x", "taken"))
	if !errors.Is(err, fault.NameInUse) || errors.Is(err, fault.Closed) {
		t.Error("errors.Is does not tell codes apart")
	}
	for _, c := range []struct {
		err  error
		want fault.Code
	}{{nil, ""}, {err, fault.NameInUse}, {errors.New("plain"), fault.Internal}, {fmt.Errorf("x: %w", fault.Lost), fault.Lost}} {
		if got := fault.CodeOf(c.err); got != c.want {
			t.Errorf("the code of %v is %q, want %q", c.err, got, c.want)
		}
	}
}

func TestWithersLeaveTheFaultAlone(t *testing.T) {
	f := fault.New(fault.Closed, "a", "stopped")
	f.Because(errors.New("x")).Advise("y")
	if f.Cause != nil || f.Hint != "" {
		t.Errorf("the fault was changed: %+v", f)
	}
}

func TestEveryCodeIsDescribedOnce(t *testing.T) {
	seen := map[fault.Code]bool{}
	for _, i := range fault.Codes() {
		if seen[i.Code] || i.About == "" || i.Code.Blame() != i.Blame {
			t.Errorf("%+v", i)
		}
		seen[i.Code] = true
	}
	if fault.Code("nonsense").Blame() != fault.Server {
		t.Error("a code that nobody knows is ours to mend")
	}
}
