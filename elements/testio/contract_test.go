package testio_test

import (
	"testing"

	"sluice/elements/testio"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, testio.Elements()...)
	for _, d := range testio.Elements() {
		elementtest.Check(t, reg, d)
	}
}
