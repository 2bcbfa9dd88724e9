package sip_test

import (
	"testing"

	"sluice/api/sip"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, sip.Elements()...)
	for _, d := range sip.Elements() {
		elementtest.Check(t, reg, d)
	}
}
