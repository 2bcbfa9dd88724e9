package caps

// span reads a range, "[ low, high ]" or "[ low, high, step ]".
func (p *parser) span(typ string) (value, error) {
	open := p.pos
	p.pos++
	var ends []value
	for {
		v, err := p.value(typ)
		if err != nil {
			return nil, err
		}
		ends = append(ends, v)
		p.space()
		switch c := p.peek(); {
		case c == ',' && len(ends) < 3:
			p.pos++
		case c == ']' && len(ends) > 1:
			p.pos++
			v, problem := newSpan(ends)
			if problem != "" {
				return nil, p.errorAt(open, "%s", problem)
			}
			return v, nil
		default:
			return nil, p.errorAt(p.pos, "%s where the range should go on", p.found()).
				hint("a range is [ low, high ] or, for whole numbers, [ low, high, step ]")
		}
	}
}

// newSpan makes a range of two ends and perhaps a step, or says what is wrong. GStreamer reads a range that is no
// range as [ 0, 0 ], which matches nothing anybody wants; here it is an error.
func newSpan(ends []value) (value, string) {
	for _, v := range ends {
		if v.base() != ends[0].base() {
			return nil, "the ends of a range are of different types, " + ends[0].base() + " and " + v.base()
		}
	}
	switch low := ends[0].(type) {
	case integer:
		return newIntegers(low, ends[1:])
	case decimal:
		if high, ok := ends[1].(decimal); ok && len(ends) == 2 && low.typ == "double" {
			return decimals{low.f, high.f}, backwards(low.f >= high.f)
		}
	case Fraction:
		if high, ok := ends[1].(Fraction); ok && len(ends) == 2 {
			return fractions{low, high}, backwards(!low.less(high))
		}
	}
	return nil, "only int, gint64, double and fraction have ranges, and only whole numbers a step"
}

func newIntegers(low integer, rest []value) (value, string) {
	high, ok := rest[0].(integer)
	if !ok || low.typ == "uint" {
		return nil, "only int, gint64, double and fraction have ranges"
	}
	step := integer{low.typ, 1}
	if len(rest) == 2 {
		if step, ok = rest[1].(integer); !ok || step.n < 1 {
			return nil, "the step of a range must be a positive number"
		}
	}
	if low.n%step.n != 0 || high.n%step.n != 0 {
		return nil, "the ends of a range must be multiples of its step"
	}
	return integers{low.typ, low.n, high.n, step.n}, backwards(low.n >= high.n)
}

func backwards(is bool) string {
	if is {
		return "the first end of a range must be below the second"
	}
	return ""
}
