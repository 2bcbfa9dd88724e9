package frame

import (
	"errors"
	"testing"

	"sluice/engine/fault"
)

func TestOpenedForAnInstanceThatCannotBe(t *testing.T) {
	f := Frame{Kind: Open, Payload: []byte{0xff, 0xff, 'a'}}
	if _, _, err := f.Opened(); !errors.Is(err, fault.ProtocolViolation) {
		t.Errorf("got %v", err)
	}
}
