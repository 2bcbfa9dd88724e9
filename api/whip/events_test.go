package whip_test

import (
	"testing"

	"sluice/api/whip"
	"sluice/engine/element/elementtest"
)

func TestEvents(t *testing.T) {
	for _, fault := range elementtest.Triggers(whip.Triggers()) {
		t.Error(fault)
	}
}
