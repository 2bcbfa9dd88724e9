package outlet_test

import (
	"testing"

	"sluice/api/hls/catalog"
	"sluice/api/hls/outlet"
	"sluice/engine/element/elementtest"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

func TestContract(t *testing.T) {
	elements := outlet.Elements()
	reg := elementtest.GStreamer(t, elements...)
	for _, d := range elements {
		c := d.(outlet.Out).Catalog()
		if err := c.Open(catalog.Options{}); err != nil {
			t.Fatal(err)
		}
		elementtest.Check(t, reg, d)
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestOutline holds the ports and fields that graphs are written against.
func TestOutline(t *testing.T) {
	want := map[string]string{
		"hls.out": `audio <- aac opus mp3 ac3
video <- h264 h265 av1
path*: string
rung: string
segments#: enum fmp4 (fmp4 ts)
segment: duration 2s (500ms..10s)
part: duration 200ms (0s..2s)
window: int 5 (3..60)
dvr: duration 0s (0s..24h)
opus#: bool true`,
	}
	for _, d := range outlet.Elements() {
		s := d.Spec()
		if got := elementtest.Outline(s); got != want[s.Name] {
			t.Errorf("%s: got\n%s\nwant\n%s", s.Name, got, want[s.Name])
		}
	}
	if len(want) != len(outlet.Elements()) {
		t.Errorf("%d elements, not %d", len(outlet.Elements()), len(want))
	}
}

// TestNobodyServes: a graph that runs where there is no HLS server is told so at once.
func TestNobodyServes(t *testing.T) {
	out := outlet.Elements()[0].(outlet.Out)
	if _, err := out.New(t.Context(), elementtest.Env(t), elementtest.Defaults(out.Spec())); fault.CodeOf(err) != fault.ElementUnavailable {
		t.Error(err)
	}
}
