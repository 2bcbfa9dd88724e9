//go:build !cgo || nogst

package registry

import (
	"errors"
	"testing"

	"sluice/engine/fault"
)

func TestOpenSaysThatThereIsNoGStreamer(t *testing.T) {
	if c, err := Open(); !errors.Is(err, fault.GstUnavailable) || c != nil {
		t.Errorf("got %v, %v", c, err)
	}
}
