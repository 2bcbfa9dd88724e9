package layout_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sluice/elements/mix/layout"
	"sluice/engine/fault"
)

func read(t testing.TB, text string) layout.Layout {
	t.Helper()
	l, err := layout.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// told writes placements as "x,y wxh", with the layer above 1, "crop", and "-" for who is not shown.
func told(list []layout.Placement) string {
	var out []string
	for _, p := range list {
		s := "-"
		if p.Shown {
			s = fmt.Sprintf("%d,%d %dx%d", p.X, p.Y, p.Width, p.Height)
		}
		if p.Shown && p.Layer > 1 {
			s += fmt.Sprintf(" layer %d", p.Layer)
		}
		if p.Shown && p.Fill == layout.Crop {
			s += " crop"
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func TestLay(t *testing.T) {
	const bar = `
regions:
  - {width: 2/3, take: [boss, "screen*"], fill: crop}
  - {x: 2/3, width: 1/3, arrange: column, most: 2, gap: 20, layer: 3}
`
	for name, c := range map[string]struct{ text, large, guests, want string }{
		"grid of one":              {"grid", "", "a", "0,0 640x360"},
		"side by side":             {"grid", "", "a b", "0,0 320x360; 320,0 320x360"},
		"the last row is centred":  {"grid", "", "a b c", "0,0 320x180; 320,0 320x180; 160,180 320x180"},
		"a speaker alone":          {"speaker", "", "a", "0,0 640x360"},
		"nobody speaks":            {"speaker", "", "a b c", "0,0 480x360; 480,0 160x90; 480,90 160x90"},
		"the second speaks":        {"speaker", "b", "a b c", "480,0 160x90; 0,0 480x360; 480,90 160x90"},
		"who speaks has left":      {"speaker", "z", "a b", "0,0 480x360; 480,0 160x90"},
		"many listen":              {"speaker", "a", "a b c d e f", "0,0 480x360; 480,0 160x72; 480,72 160x72; 480,144 160x72; 480,216 160x72; 480,288 160x72"},
		"in a corner":              {"pip", "", "a b", "0,0 640x360; 474,262 152x90 layer 2"},
		"from right to left":       {"pip", "b", "a b c", "474,262 152x90 layer 2; 0,0 640x360; 316,262 152x90 layer 2"},
		"a screen is large":        {"presentation", "a", "a b bob-screen", "512,0 128x72; 512,72 128x72; 0,0 512x360"},
		"no screen: who speaks is": {"presentation", "b", "a b", "512,0 128x72; 0,0 512x360"},
		"preferred first":          {bar, "", "a screen1 boss", "426,0 214x170 layer 3; 426,190 214x170 layer 3; 0,0 426x360 crop"},
		"else the next":            {bar, "", "a screen1", "426,0 214x360 layer 3; 0,0 426x360 crop"},
		"no place for more":        {bar, "", "a b c", "426,0 214x170 layer 3; 426,190 214x170 layer 3; -"},
		"or a grid":                {bar + "more: grid", "", "a b c", "0,0 320x180; 320,0 320x180; 160,180 320x180"},
		"pixels, by number":        {"regions: [{x: 10, y: 20, width: 100, height: 50, take: 2}, {}]", "", "a b", "0,0 640x360; 10,20 100x50"},
		"pixels beyond the whole":  {"regions: [{x: 600, y: 0, width: 100, height: 8000}]", "", "a", "600,0 40x360"},
		"pixels outside":           {"regions: [{x: 700, y: 0, width: 100, height: 50}]", "", "a", "-"},
		"decimals and percent":     {"regions: [{x: 12.5%, y: 0.25, width: 50%, height: 0.5}]", "", "a", "80,90 320x180"},
		"the case that holds":      {"cases: [{if: guests < 2, regions: [{}]}, {if: guests >= 2, regions: [{arrange: row}]}]", "", "a b", "0,0 320x360; 320,0 320x360"},
		"no case holds":            {"cases: [{if: guests == 7, regions: [{}]}]", "", "a b", "-; -"},
	} {
		t.Run(name, func(t *testing.T) {
			s := layout.Scene{Guests: strings.Fields(c.guests), Large: c.large, Width: 640, Height: 360}
			if got := told(read(t, c.text).Lay(s)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestProperties: no picture reaches beyond the whole or has odd edges, everybody is shown by every built-in layout, and but for
// pictures in a picture none covers another.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := layout.Scene{
			Width: 2 * rapid.Int64Range(160, 1920).Draw(r, "width"), Height: 2 * rapid.Int64Range(90, 1080).Draw(r, "height"),
			Guests: rapid.SliceOfNDistinct(rapid.StringMatching(`(screen)?[a-z]{1,3}`), 0, 36, rapid.ID[string]).Draw(r, "guests"),
		}
		if len(s.Guests) > 0 {
			s.Large = rapid.SampledFrom(s.Guests).Draw(r, "large")
		}
		for _, name := range layout.Names() {
			list := read(t, name).Lay(s)
			if len(list) != len(s.Guests) {
				r.Fatalf("%s: %d places for %d", name, len(list), len(s.Guests))
			}
			for i, p := range list {
				if p.X < 0 || p.Y < 0 || p.Width < 1 || p.Height < 1 || p.X+p.Width > s.Width || p.Y+p.Height > s.Height || !p.Shown {
					r.Errorf("%s of %d: %s lies at %+v", name, len(list), s.Guests[i], p)
				}
				if (p.X|p.Y|p.Width|p.Height)&1 != 0 {
					r.Errorf("%s of %d: %s has odd edges: %+v", name, len(list), s.Guests[i], p)
				}
				for _, q := range list[:i] {
					if apart := p.X+p.Width <= q.X || q.X+q.Width <= p.X || p.Y+p.Height <= q.Y || q.Y+q.Height <= p.Y; !apart && p.Layer == q.Layer {
						r.Errorf("%s of %d: %+v and %+v", name, len(list), p, q)
					}
				}
			}
			if n := len(list); n > 1 && name != "grid" && name != "presentation" {
				large := list[slices.Index(s.Guests, s.Large)]
				for _, p := range list {
					if p.Width > large.Width {
						r.Errorf("%s of %d: who speaks has %+v, another %+v", name, n, large, p)
					}
				}
			}
		}
	})
}

func TestRefused(t *testing.T) {
	for name, c := range map[string]struct{ text, want, hint string }{
		"a name that is none":  {"gird", `there is no layout "gird"`, `did you mean "grid"?`},
		"nothing":              {"", "layout:1:1: an arrangement is a map", ""},
		"no YAML":              {"regions: [", "layout:1:", ""},
		"no regions":           {"cases: []", "layout:1:8: cases are a list", ""},
		"neither":              {"{}", "layout:1:1: the layout has no regions", "write regions, or cases"},
		"a key that is none":   {"regions:\n  - {with: 50%}", `layout:2:6: a region has no key "with"`, `did you mean "width"?`},
		"a length that is not": {"regions:\n  - width: wide", `layout:2:12: "wide" is no length`, ""},
		"less than nothing":    {"regions:\n  - {x: -4, width: 8}", `"-4" is no length`, ""},
		"more than the whole":  {"regions:\n  - {width: 110%}", `layout:2:13: "110%" is no length`, ""},
		"beyond the right":     {"regions:\n  - {x: 1/2, width: 2/3}", "layout:2:5: the region reaches beyond the right edge", ""},
		"beyond the end":       {"regions:\n  - {y: 60%, height: 60%}", "layout:2:5: the region reaches beyond the lower edge", ""},
		"one pixel":            {"regions:\n  - {width: 1}", "layout:2:5: the region has no area", "a number without a point counts pixels"},
		"no width":             {"regions:\n  - {x: 10%}", "needs its width", ""},
		"a condition":          {"cases:\n  - if: guests is 4\n    regions: [{}]", `layout:2:9: "guests is 4" is no condition`, "guests <= 4"},
		"a mode":               {"regions: [{fill: stretch}]", `layout:1:18: "stretch" is not known here`, "write fit or crop"},
		"a layer":              {"regions: [{layer: 0}]", `"0" is not from 1 to 1000`, ""},
		"a pattern":            {`regions: [{take: "a[" }]`, `"a[" says nothing of whom to take`, ""},
		"too long":             {strings.Repeat(" ", 17<<10), "the layout has 17408 bytes, of 16384 at most", ""},
		"too many":             {"regions: [" + strings.Repeat("{},", 65) + "]", "there are 65 regions, of 64 at most", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := layout.Read(c.text)
			f, ok := err.(*fault.Fault)
			if !ok || f.Code != fault.InvalidParams || !strings.Contains(f.Msg, c.want) || !strings.Contains(f.Hint, c.hint) {
				t.Errorf("got %v, want %q and %q", err, c.want, c.hint)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range layout.Names() {
		f.Add(layout.Text(name), 5)
	}
	f.Add("regions: [{x: 600, y: 1/3, width: 0.5, height: 12.5%, gap: 8000, cells: 9, arrange: row, take: [speaker, 2, 'a*']}]\nmore: grid", 9)
	f.Fuzz(func(t *testing.T, text string, n int) {
		l, err := layout.Read(text)
		if err != nil {
			return
		}
		s := layout.Scene{Width: 640, Height: 360}
		for i := range min(max(n, 0), 50) {
			s.Guests = append(s.Guests, fmt.Sprint("guest", i))
		}
		for _, p := range l.Lay(s) {
			if p.Shown && (p.X < 0 || p.Y < 0 || p.Width < 1 || p.Height < 1 || p.X+p.Width > s.Width || p.Y+p.Height > s.Height) {
				t.Errorf("%+v of %q", p, text)
			}
		}
	})
}
