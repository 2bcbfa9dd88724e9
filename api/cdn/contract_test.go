package cdn_test

import (
	"testing"

	"sluice/api/cdn"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, cdn.Elements()...)
	for _, d := range cdn.Elements() {
		elementtest.Check(t, reg, d)
	}
}
