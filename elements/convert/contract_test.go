package convert_test

import (
	"testing"

	"sluice/elements/convert"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, convert.Elements()...)
	for _, d := range convert.Elements() {
		elementtest.Check(t, reg, d)
	}
}
