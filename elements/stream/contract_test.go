package stream_test

import (
	"testing"

	"sluice/elements/stream"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, stream.Elements()...)
	for _, d := range stream.Elements() {
		elementtest.Check(t, reg, d)
	}
}
