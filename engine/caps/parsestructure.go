package caps

import "strings"

// structure reads "name(features), field=value, …" up to a semicolon or end.
func (p *parser) structure(end byte) (structure, error) {
	var s structure
	if p.structures++; p.structures > maxStructures {
		return s, p.errorAt(p.pos, "caps have more than %d structures", maxStructures)
	}
	start := p.pos
	if s.name = p.word(); s.name == "" {
		return s, p.errorAt(start, "a media type is missing before %s", p.found()).hint("write one such as video/x-raw")
	}
	if !isAlpha(s.name[0]) {
		return s, p.errorAt(start, "media type %q does not begin with a letter", s.name)
	}
	if p.peek() == '(' {
		f, err := p.features()
		if err != nil {
			return s, err
		}
		s.features = f
	}
	fields, err := p.fields(end)
	s.fields = fields
	return s, err
}

// features reads "(memory:DMABuf, meta:Name)".
func (p *parser) features() (features, error) {
	start := p.pos
	length := strings.IndexByte(p.src[start:], ')')
	if length < 0 {
		return features{}, p.errorAt(start, "the bracket of the caps features is not closed")
	}
	inner := p.src[start+1 : start+length]
	p.pos = start + length + 1
	if inner == "ANY" {
		return features{any: true}, nil
	}
	if inner == "" {
		return features{}, nil
	}
	var names []string
	for name := range strings.SplitSeq(inner, ",") {
		name = strings.Trim(name, " ")
		if !validFeature(name) {
			return features{}, p.errorAt(start+1, "%q is not a caps feature", name).hint("write one such as memory:DMABuf")
		}
		if len(names) == maxFields {
			return features{}, p.errorAt(start+1, "more than %d caps features", maxFields)
		}
		names = append(names, name)
	}
	return newFeatures(names), nil
}

// fields reads ", name=value" as often as it comes. A comma behind the last one is accepted, as by GStreamer.
func (p *parser) fields(end byte) ([]field, error) {
	var fields []field
	seen := map[string]bool{}
	for {
		p.space()
		switch c := p.peek(); c {
		case ';', end:
			return fields, nil
		case ',':
			p.pos++
			p.space()
			if c := p.peek(); c == ';' || c == end {
				return fields, nil
			}
		default:
			return nil, p.errorAt(p.pos, "%s where a comma or semicolon belongs", p.found())
		}
		start := p.pos
		f, err := p.field()
		if err != nil {
			return nil, err
		}
		if seen[f.name] {
			return nil, p.errorAt(start, "field %q is given twice", f.name)
		}
		if seen[f.name] = true; len(seen) > maxFields {
			return nil, p.errorAt(start, "a structure has more than %d fields", maxFields)
		}
		fields = append(fields, f)
	}
}

func (p *parser) field() (field, error) {
	name := p.word()
	if name == "" {
		return field{}, p.errorAt(p.pos, "a field is missing before %s", p.found()).hint("write one such as width=640")
	}
	p.space()
	if p.peek() != '=' {
		return field{}, p.errorAt(p.pos, "field %q has no value", name).hint("write %s= and the value", name)
	}
	p.pos++
	v, err := p.value("")
	return field{name, v}, err
}
