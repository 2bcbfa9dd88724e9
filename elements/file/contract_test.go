package file_test

import (
	"testing"

	"sluice/elements/file"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, file.Elements()...)
	for _, d := range file.Elements() {
		elementtest.Check(t, reg, d)
	}
}
