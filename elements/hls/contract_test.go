package hls_test

import (
	"testing"

	"sluice/elements/hls"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, hls.Elements()...)
	for _, d := range hls.Elements() {
		elementtest.Check(t, reg, d)
	}
}
