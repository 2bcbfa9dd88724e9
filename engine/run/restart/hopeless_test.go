package restart

import (
	"errors"
	"fmt"
	"testing"

	"sluice/engine/fault"
)

func TestHopeless(t *testing.T) {
	for err, want := range map[error]bool{
		fault.New(fault.InvalidParams, "a", "no"):                                    true,
		fmt.Errorf("so: %w", fault.New(fault.ElementUnavailable, "a", "no")):         true,
		fault.New(fault.Stalled, "a", "no"):                                          false,
		fault.New(fault.Lost, "a", "no").Because(fault.New(fault.Internal, "", "x")): false,
		errors.New("anything"):                                                       false,
	} {
		if got := Hopeless(err); got != want {
			t.Errorf("%v: %v", err, got)
		}
	}
	if Hopeless(nil) {
		t.Error("nothing is wrong")
	}
}
