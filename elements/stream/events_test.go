package stream_test

import (
	"testing"

	"sluice/elements/stream"
	"sluice/engine/element/elementtest"
)

func TestEvents(t *testing.T) {
	for _, fault := range elementtest.Triggers(stream.Triggers()) {
		t.Error(fault)
	}
}
