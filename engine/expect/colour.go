package expect

import (
	"image"
	"image/color"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sluice/engine/spec"
	"sluice/engine/value"
)

// Colour is what must be seen.
type Colour struct {
	Is     color.RGBA
	At     *image.Point // the middle of a small square; nil for the average of the whole picture
	When   Span         // of the pictures that are looked at, in nanoseconds from the beginning
	Within int          // how far each of red, green and blue may be off, of 255
	Text   string       // as it was written
}

// usualWithin is how far a colour may be off when the test does not say: coding and conversion between colour spaces cost
// up to about thirty.
const usualWithin = 40

// Colours are the names of colours that tests may use.
func Colours() map[string]color.RGBA {
	return map[string]color.RGBA{
		"black": rgb(0, 0, 0), "white": rgb(255, 255, 255), "grey": rgb(128, 128, 128), "gray": rgb(128, 128, 128),
		"red": rgb(255, 0, 0), "green": rgb(0, 255, 0), "blue": rgb(0, 0, 255),
		"yellow": rgb(255, 255, 0), "cyan": rgb(0, 255, 255), "magenta": rgb(255, 0, 255),
	}
}

func rgb(r, g, b uint8) color.RGBA { return color.RGBA{R: r, G: g, B: b, A: 255} }

// colours reads one colour, or a list of them.
func (r *reader) colours(c *Check, v spec.Value) bool {
	items := v.Items
	if v.Kind != spec.List {
		items = []spec.Value{v}
	}
	ok := len(items) > 0
	if !ok {
		r.noColour(v)
	}
	for _, item := range items {
		one, good := r.colour(item)
		c.Colours = append(c.Colours, one)
		ok = ok && good
	}
	return ok
}

func (r *reader) colour(v spec.Value) (Colour, bool) {
	c := Colour{When: Everything(), Within: usualWithin, Text: shown(v)}
	if v.Kind != spec.Map {
		return c, r.colourIs(&c, v)
	}
	ok := true
	if _, there := v.Get("is"); !there {
		r.tell(v.Pos, CodeBad, `"colour" does not say which`).Advise("as in {at: 10x20, is: red}")
		ok = false
	}
	for _, e := range r.keys(spec.Entry{Key: spec.Text{Text: "colour", Pos: v.Pos}, Value: v}, []string{"is", "at", "when", "within"}) {
		good := true
		switch e.Key.Text {
		case "is":
			good = r.colourIs(&c, e.Value)
		case "at":
			c.At, good = r.point(e.Value)
		case "when":
			var when Check
			when, good = r.span(e, value.Duration)
			c.When = when.Span
		case "within":
			c.Within, good = r.within(e.Value)
		}
		ok = ok && good
	}
	return c, ok
}

func (r *reader) colourIs(c *Colour, v spec.Value) bool {
	named, ok := Colours()[v.Text]
	if ok && v.Kind < spec.List {
		c.Is = named
		return true
	}
	hex, ok := strings.CutPrefix(v.Text, "#")
	if n, err := strconv.ParseUint(hex, 16, 24); ok && err == nil && len(hex) == 6 {
		c.Is = rgb(uint8(n>>16), uint8(n>>8), uint8(n))
		return true
	}
	r.noColour(v)
	return false
}

func (r *reader) noColour(v spec.Value) {
	names := slices.Sorted(maps.Keys(Colours()))
	d := r.tell(v.Pos, CodeBad, "%q is not a colour", short(shown(v)))
	if near, ok := spec.Nearest(v.Text, names); ok {
		d.Advise("did you mean %q?", near)
		return
	}
	d.Advise(`write "#ff8000", or one of %s`, strings.Join(names, ", "))
}

// point reads a place in a picture, which counts from its upper left corner.
func (r *reader) point(v spec.Value) (*image.Point, bool) {
	left, down, _ := strings.Cut(v.Text, "x")
	x, err1 := strconv.ParseUint(left, 10, 16)
	y, err2 := strconv.ParseUint(down, 10, 16)
	if err1 != nil || err2 != nil || v.Kind >= spec.List {
		r.tell(v.Pos, CodeBad, "%q is not a place in a picture", short(shown(v))).
			Advise("write pixels from the left and from the top, as in 10x20")
		return nil, false
	}
	return &image.Point{X: int(x), Y: int(y)}, true
}

func (r *reader) within(v spec.Value) (int, bool) {
	n, err := strconv.ParseUint(v.Text, 10, 8)
	if err != nil || v.Kind >= spec.List {
		r.tell(v.Pos, CodeBad, `"within" is a number up to 255; this is %q`, short(shown(v))).Advise("as in 40")
		return 0, false
	}
	return int(n), true
}
