package rtmfp_test

import (
	"testing"

	"sluice/api/rtmfp"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, rtmfp.Elements()...)
	for _, d := range rtmfp.Elements() {
		elementtest.Check(t, reg, d)
	}
}
