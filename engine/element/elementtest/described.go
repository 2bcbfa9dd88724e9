package elementtest

import (
	"testing"

	"sluice/engine/element"
)

// Described fails the test for what is wrong with the descriptions of elements, and with their examples. Their lives are not tried.
func Described(t testing.TB, own ...element.Declared) {
	t.Helper()
	reg := GStreamer(t, own...)
	for _, d := range own {
		spec := d.Spec()
		for _, fault := range append(Describe(spec), Examples(spec)...) {
			t.Error(spec.Name, fault)
		}
		if _, ok := reg.Spec(spec.Name); !ok {
			t.Errorf("%s is not known", spec.Name)
		}
	}
}

// Outlines fails the test where the outline of an element is not the one wanted by its name, or elements are missing or new.
func Outlines(t testing.TB, own []element.Declared, want map[string]string) {
	t.Helper()
	for _, d := range own {
		s := d.Spec()
		if got := Outline(s); got != want[s.Name] {
			t.Errorf("%s: got\n%s\nwant\n%s", s.Name, got, want[s.Name])
		}
	}
	if len(want) != len(own) {
		t.Errorf("%d elements, not %d", len(own), len(want))
	}
}
