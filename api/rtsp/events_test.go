package rtsp_test

import (
	"testing"

	"sluice/api/rtsp"
	"sluice/engine/element/elementtest"
)

func TestEvents(t *testing.T) {
	for _, fault := range elementtest.Triggers(rtsp.Triggers()) {
		t.Error(fault)
	}
}
