package layout

// box is the region in a picture of some size. Edges are even, because 4:2:0 has half as many colours as points each way, and
// those that are written alike fall together.
func (r region) box(width, height int64) Box {
	left, top := min(r.left.of(width), width), min(r.top.of(height), height)
	return Box{left, top, min(r.right.of(width), width) - left, min(r.bottom.of(height), height) - top}
}

// boxes divides the region among guests.
func (r region) boxes(n int, width, height int64) []Box {
	b := r.box(width, height)
	switch {
	case n == 0:
		return nil
	case r.arrange == "grid":
		return grid(b, n, r.gap.of(width))
	case r.arrange == "row":
		return r.line(n, b.Width, r.gap.of(width), func(from, to int64) Box { return Box{b.X + from, b.Y, to - from, b.Height} })
	case r.arrange == "column":
		return r.line(n, b.Height, r.gap.of(height), func(from, to int64) Box { return Box{b.X, b.Y + from, b.Width, to - from} })
	}
	return []Box{b}
}

// line cuts a length in cells, from its beginning or its end on.
func (r region) line(n int, length, gap int64, cut func(from, to int64) Box) []Box {
	cells := int64(max(n, r.cells))
	out := make([]Box, 0, n)
	for i := range int64(n) {
		from, to := span(i, cells, length, gap)
		if r.end {
			from, to = span(cells-1-i, cells, length, gap)
		}
		out = append(out, cut(from, to))
	}
	return out
}

// grid makes as many columns as rows, or one more. The last row lies in the middle.
func grid(b Box, n int, gap int64) []Box {
	columns := int64(1)
	for columns*columns < int64(n) {
		columns++
	}
	rows := (int64(n) + columns - 1) / columns
	out := make([]Box, 0, n)
	for i := range int64(n) {
		left, right := span(i%columns, columns, b.Width, gap)
		if row := i / columns; row == rows-1 && row > 0 { // moved by half of what is missing
			shift := (columns - (int64(n) - row*columns)) * b.Width / columns / 2 &^ 1
			left, right = left+shift, right+shift
		}
		top, bottom := span(i/columns, rows, b.Height, gap)
		out = append(out, Box{b.X + left, b.Y + top, right - left, bottom - top})
	}
	return out
}

// span is where one of several equal parts of a length begins and ends, with a gap between each two.
func span(i, parts, length, gap int64) (from, to int64) {
	from, to = i*(length+gap)/parts&^1, ((i+1)*(length+gap)/parts-gap)&^1
	return from, max(to, from)
}
