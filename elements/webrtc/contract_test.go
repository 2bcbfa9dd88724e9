package webrtc_test

import (
	"testing"

	"sluice/elements/webrtc"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, webrtc.Elements()...)
	for _, d := range webrtc.Elements() {
		elementtest.Check(t, reg, d)
	}
}
