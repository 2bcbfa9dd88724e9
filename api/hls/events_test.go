package hls_test

import (
	"testing"

	"sluice/api/hls"
	"sluice/engine/element/elementtest"
)

func TestEvents(t *testing.T) {
	for _, fault := range elementtest.Triggers(hls.Triggers()) {
		t.Error(fault)
	}
}
