package cdn_test

import (
	"testing"

	"sluice/api/cdn"
	"sluice/engine/element/elementtest"
)

func TestEvents(t *testing.T) {
	for _, fault := range elementtest.Triggers(cdn.Triggers()) {
		t.Error(fault)
	}
}
