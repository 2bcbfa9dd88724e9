package srt_test

import (
	"testing"

	"sluice/api/srt"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, srt.Elements()...)
	for _, d := range srt.Elements() {
		elementtest.Check(t, reg, d)
	}
}
