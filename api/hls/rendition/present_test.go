package rendition

import (
	"strings"
	"testing"

	"sluice/engine/fault"
)

// TestPresent: what is there is given as Fetch gives it, the hinted part is not waited for, and all else is refused.
func TestPresent(t *testing.T) {
	a := begun(t, low())
	a.write(2)
	a.grow(3) // parts 20, 21 and 22; 23 is hinted at
	for name, want := range map[string]struct {
		ok   bool
		code fault.Code
	}{
		"k-p22.m4s":  {ok: true},
		"k-s1.m4s":   {ok: true},
		"k-i1.mp4":   {ok: true},
		"k-p23.m4s":  {},
		"k-p24.m4s":  {code: fault.ResourceNotFound},
		"k-s2.m4s":   {code: fault.ResourceNotFound},
		"k-i9.mp4":   {code: fault.ResourceNotFound},
		"k-p022.m4s": {code: fault.ResourceNotFound},
		"../k":       {code: fault.ResourceNotFound},
	} {
		m, ok, err := a.Present(name)
		if ok != want.ok || fault.CodeOf(err) != want.code {
			t.Errorf("%s: %v %v", name, ok, err)
			continue
		}
		if !ok {
			continue
		}
		var got strings.Builder
		if _, err := m.WriteTo(&got); err != nil {
			t.Error(err)
		}
		if got.String() != body(t, a.Rendition, name) || !m.Shared() {
			t.Errorf("%s is not what is fetched", name)
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
}
