package rtmp_test

import (
	"testing"

	"sluice/api/rtmp"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, rtmp.Elements()...)
	for _, d := range rtmp.Elements() {
		elementtest.Check(t, reg, d)
	}
}
