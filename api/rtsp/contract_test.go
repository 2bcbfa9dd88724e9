package rtsp_test

import (
	"testing"

	"sluice/api/rtsp"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, rtsp.Elements()...)
	for _, d := range rtsp.Elements() {
		elementtest.Check(t, reg, d)
	}
}
