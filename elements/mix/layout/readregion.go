package layout

import "sluice/engine/spec"

// region reads a region; what is not written is the whole.
func (r *reader) region(v spec.Value) region {
	whole := measure{num: 1, den: 1}
	out := region{layer: 1}
	var x, y measure
	width, height := whole, whole
	placed := map[string]bool{}
	length := func(name string, m *measure) func(spec.Value) {
		return func(v spec.Value) {
			placed[name] = true
			*m = r.measure(v)
		}
	}
	r.entries(v, "a region", map[string]func(spec.Value){
		"x": length("x", &x), "y": length("y", &y), "width": length("width", &width), "height": length("height", &height),
		"take": func(v spec.Value) { out.take = r.take(v) },
		"arrange": func(v spec.Value) {
			if out.arrange = r.word(v, "one", "grid", "row", "column"); out.arrange == "one" {
				out.arrange = ""
			}
		},
		"from":  func(v spec.Value) { out.end = r.word(v, "start", "end") == "end" },
		"most":  func(v spec.Value) { out.most = int(r.number(v, 1, 1000)) },
		"cells": func(v spec.Value) { out.cells = int(r.number(v, 1, 100)) },
		"gap":   func(v spec.Value) { out.gap = r.measure(v) },
		"layer": func(v spec.Value) { out.layer = r.number(v, 1, 1000) },
		"fill": func(v spec.Value) {
			if r.word(v, "fit", "crop") == "crop" {
				out.fill = Crop
			}
		},
	})
	if !placed["width"] && placed["x"] || !placed["height"] && placed["y"] {
		r.wrong(v.Pos, "write how wide and high it is", "a region that does not begin at the edge needs its width and height")
	}
	out.left, out.right = x, x.plus(width)
	out.top, out.bottom = y, y.plus(height)
	switch {
	case out.right.beyond():
		r.wrong(v.Pos, "x and width are 100% together at most", "the region reaches beyond the right edge")
	case out.bottom.beyond():
		r.wrong(v.Pos, "y and height are 100% together at most", "the region reaches beyond the lower edge")
	case width.of(mostPixels) == 0 || height.of(mostPixels) == 0:
		r.wrong(v.Pos, "a number without a point counts pixels: the whole is 100%", "the region has no area")
	}
	return out
}

// take reads one selector or several.
func (r *reader) take(v spec.Value) []selector {
	items := []spec.Value{v}
	if v.Kind == spec.List {
		items = nil
		r.list(v, "selectors", 16, func(v spec.Value) { items = append(items, v) })
	}
	var out []selector
	for _, i := range items {
		s, ok := readSelector(i.Text)
		if !ok {
			r.wrong(i.Pos, "write speaker, a number, or a pattern such as screen*", "%q says nothing of whom to take", i.Text)
		}
		out = append(out, s)
	}
	return out
}

func (r *reader) measure(v spec.Value) measure {
	m, ok := readMeasure(v.Text)
	if !ok {
		r.wrong(v.Pos, "write a part of the whole, such as 25%, 0.25 or 1/4, or a number of pixels", "%q is no length", v.Text)
	}
	return m
}

func (r *reader) number(v spec.Value, least, most int64) int64 {
	n, ok := count(v.Text, most)
	if !ok || n < least {
		r.wrong(v.Pos, "write a whole number", "%q is not from %d to %d", v.Text, least, most)
		return least
	}
	return n
}
