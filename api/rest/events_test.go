package rest_test

import (
	"testing"

	"sluice/api/rest"
	"sluice/engine/element/elementtest"
)

func TestEvents(t *testing.T) {
	for _, fault := range elementtest.Triggers(rest.Triggers()) {
		t.Error(fault)
	}
}
