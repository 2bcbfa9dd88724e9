package caps

// value reads a value. typ is the type that the list or range around it gave, if any; a type in front of the value
// itself goes first.
func (p *parser) value(typ string) (value, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.errorAt(p.pos, "brackets are nested more than %d deep", maxDepth)
	}
	defer func() { p.depth-- }()
	p.space()
	if p.peek() == '(' {
		own, err := p.cast()
		if err != nil {
			return nil, err
		}
		typ = own
	}
	p.space()
	switch p.peek() {
	case '[':
		return p.bracket(typ)
	case '{':
		items, err := p.sequence(typ, '}')
		return newList(items), err
	case '<':
		items, err := p.sequence(typ, '>')
		return array(items), err
	case '"':
		return p.quoted(typ)
	}
	start := p.pos
	word := p.word()
	if word == "" {
		return nil, p.errorAt(start, "a value is missing before %s", p.found()).hint("put quotes round a value with other signs")
	}
	v, problem := scalar(typ, word, word)
	if problem != "" {
		return nil, p.errorAt(start, "%s", problem)
	}
	return v, nil
}

// cast reads "(type)".
func (p *parser) cast() (string, error) {
	p.pos++
	p.space()
	start := p.pos
	name := p.word()
	p.space()
	if name == "" || p.peek() != ')' {
		return "", p.errorAt(p.pos, "the bracket of a type is not closed")
	}
	p.pos++
	typ, ok := typeName(name)
	if !ok {
		return "", p.errorAt(start, "unknown type %q", name).hint("known are int, uint, float, double, fraction, boolean, string, bitmask")
	}
	return typ, nil
}

// quoted reads a string in quotes. Without a type GStreamer 1.22 reads what it finds between the quotes first as a
// number or a boolean; later versions do not.
func (p *parser) quoted(typ string) (value, error) {
	start := p.pos
	for p.pos++; p.peek() != '"'; p.pos++ {
		if p.peek() == '\\' {
			p.pos++
		}
		if p.pos >= len(p.src) {
			return nil, p.errorAt(start, "the quotes are not closed")
		}
	}
	p.pos++
	inner := p.src[start+1 : p.pos-1]
	v, problem := scalar(typ, inner, unquote(inner))
	if problem != "" {
		return nil, p.errorAt(start, "%s", problem)
	}
	return v, nil
}

// sequence reads the items of a list or array. Single commas before the first and behind the last are accepted.
func (p *parser) sequence(typ string, end byte) ([]value, error) {
	open := p.pos
	p.pos++
	var items []value
	comma := true // whether a value may come next
	for {
		p.space()
		switch c := p.peek(); {
		case c == end:
			p.pos++
			return items, nil
		case c == 0:
			return nil, p.errorAt(open, "the bracket %q is not closed", p.src[open:open+1])
		case c == ',' && (!comma || len(items) == 0):
			p.pos++
			comma = true
			if p.space(); p.peek() == ',' {
				return nil, p.errorAt(p.pos, "a value is missing between two commas")
			}
			continue
		case !comma:
			return nil, p.errorAt(p.pos, "%s where a comma or %q belongs", p.found(), string(end))
		}
		v, err := p.value(typ)
		if err != nil {
			return nil, err
		}
		if len(items) == maxItems {
			return nil, p.errorAt(open, "a list has more than %d values", maxItems)
		}
		items, comma = append(items, v), false
	}
}

// bracket reads what '[' may begin: a range, or caps or a structure inside a field.
func (p *parser) bracket(typ string) (value, error) {
	switch typ {
	case "GstCaps":
		return p.nestedCaps()
	case "structure":
		return p.nestedStructure()
	case "":
		before := *p
		v, rangeErr := p.span(typ)
		if rangeErr == nil {
			return v, nil
		}
		failed := *p
		*p = before
		if v, err := p.nestedStructure(); err == nil {
			return v, nil
		}
		*p = before
		if v, err := p.nestedCaps(); err == nil {
			return v, nil
		}
		*p = failed
		return nil, rangeErr
	}
	return p.span(typ)
}

func (p *parser) nestedCaps() (value, error) {
	open := p.pos
	p.pos++
	c, err := p.caps(']')
	if err != nil {
		return nil, err
	}
	if p.peek() != ']' {
		return nil, p.errorAt(open, "the bracket \"[\" is not closed")
	}
	p.pos++
	return nestedCaps{c}, nil
}

func (p *parser) nestedStructure() (value, error) {
	p.pos++
	p.space()
	s, err := p.structure(']')
	if err != nil {
		return nil, err
	}
	if p.peek() == ';' {
		p.pos++
		p.space()
	}
	if p.peek() != ']' || s.features.any || len(s.features.names) > 0 {
		return nil, p.errorAt(p.pos, "%s where the structure should end", p.found())
	}
	p.pos++
	return nestedStructure{s}, nil
}
