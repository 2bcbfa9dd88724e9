package srt_test

import (
	"testing"

	"sluice/api/srt"
	"sluice/engine/element/elementtest"
)

func TestEvents(t *testing.T) {
	for _, fault := range elementtest.Triggers(srt.Triggers()) {
		t.Error(fault)
	}
}
