package mix_test

import (
	"testing"

	"sluice/elements/mix"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, mix.Elements()...)
	for _, d := range mix.Elements() {
		elementtest.Check(t, reg, d)
	}
}
