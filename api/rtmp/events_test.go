package rtmp_test

import (
	"testing"

	"sluice/api/rtmp"
	"sluice/engine/element/elementtest"
)

func TestEvents(t *testing.T) {
	for _, fault := range elementtest.Triggers(rtmp.Triggers()) {
		t.Error(fault)
	}
}
