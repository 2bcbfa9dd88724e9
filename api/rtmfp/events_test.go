package rtmfp_test

import (
	"testing"

	"sluice/api/rtmfp"
	"sluice/engine/element/elementtest"
)

func TestEvents(t *testing.T) {
	for _, fault := range elementtest.Triggers(rtmfp.Triggers()) {
		t.Error(fault)
	}
}
