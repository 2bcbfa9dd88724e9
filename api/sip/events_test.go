package sip_test

import (
	"testing"

	"sluice/api/sip"
	"sluice/engine/element/elementtest"
)

func TestEvents(t *testing.T) {
	for _, fault := range elementtest.Triggers(sip.Triggers()) {
		t.Error(fault)
	}
}
