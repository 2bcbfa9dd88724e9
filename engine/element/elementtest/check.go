// Package elementtest checks that an element keeps the contract of package element: that it describes itself completely, that
// what it builds is sound, and that it starts and stops without leaving anything behind. It has stand-ins for what an
// element is given. It does not check what an element does with media.
package elementtest

import (
	"testing"

	"sluice/engine/element"
)

// Check runs all checks that apply to an element, each as a subtest. With a registry that knows GStreamer it also checks
// that what a Builder sets exists there; a nil registry leaves that out.
func Check(t *testing.T, reg *element.Registry, d element.Declared) {
	t.Helper()
	s := d.Spec()
	t.Run(s.Name, func(t *testing.T) {
		t.Run("spec", func(t *testing.T) { report(t, Describe(s)) })
		t.Run("examples", func(t *testing.T) { report(t, Examples(s)) })
		if b, ok := d.(element.Builder); ok {
			t.Run("builds", func(t *testing.T) { report(t, Builds(reg, b)) })
		}
		if f, ok := d.(element.Factory); ok {
			t.Run("life", func(t *testing.T) { report(t, Lives(t.Context(), Env(t), f)) })
		}
	})
}

func report(t *testing.T, faults []string) {
	t.Helper()
	for _, f := range faults {
		t.Error(f)
	}
}
