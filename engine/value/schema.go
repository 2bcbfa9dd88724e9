package value

// Schema gives the JSON Schema (draft 2020-12) of the values that Accept takes from JSON in their proper form. Limits
// that JSON Schema cannot state about text, such as the longest duration, are in "x-min" and "x-max"; the type's own name
// is in "x-type".
func (c Constraint) Schema() map[string]any {
	s := c.shape()
	s["x-type"] = string(c.Type)
	if c.Unit != UnitNone {
		s["x-unit"] = string(c.Unit)
	}
	for key, limit := range map[string]any{"min": c.Min, "max": c.Max} {
		if limit == nil {
			continue
		}
		switch v := limit.(type) {
		case int64, float64:
			s[key+"imum"] = v
		case Bits:
			s[key+"imum"], s["x-"+key] = int64(v), Text(v)
		case Octets:
			s[key+"imum"], s["x-"+key] = int64(v), Text(v)
		default:
			s["x-"+key] = Text(v)
		}
	}
	return s
}

// shape is Schema without the range.
func (c Constraint) shape() map[string]any {
	switch c.Type {
	case Int:
		return map[string]any{"type": "integer"}
	case Float:
		return map[string]any{"type": "number"}
	case Bool:
		return map[string]any{"type": "boolean"}
	case Duration:
		return map[string]any{"type": "string", "pattern": `^[+-]?(0|([0-9]+(\.[0-9]*)?(ns|us|ms|s|m|h))+)$`}
	case Bitrate, Bytes:
		s := map[string]any{"type": []any{"string", "integer"}, "pattern": `^[0-9]+(\.[0-9]+)?[kMGT]?$`}
		if c.Min == nil {
			s["minimum"] = int64(0)
		}
		return s
	case Size:
		return map[string]any{"type": "string", "pattern": `^[0-9]{1,5}x[0-9]{1,5}$`}
	case Fraction:
		return map[string]any{"type": []any{"string", "integer"}, "pattern": `^[+-]?[0-9]+(/[0-9]+)?$`}
	case List:
		return c.listShape()
	case Map:
		return map[string]any{"type": "object"}
	default:
		return c.textShape()
	}
}

// listShape gives the schema of a list; Of limits its items.
func (c Constraint) listShape() map[string]any {
	s := map[string]any{"type": "array", "maxItems": maxItems}
	item := map[string]any{}
	if c.Item != nil {
		item = c.Item.Schema()
	}
	if len(c.Of) > 0 {
		item["enum"] = anys(c.Of)
	}
	if len(item) > 0 {
		s["items"] = item
	}
	return s
}

// textShape gives the schema of the types that are text.
func (c Constraint) textShape() map[string]any {
	s := map[string]any{"type": "string"}
	if len(c.Of) > 0 {
		s["enum"] = anys(c.Of)
	}
	switch c.Type {
	case URI:
		s["format"] = "uri"
	case File:
		s["minLength"] = 1
	case Secret:
		s["writeOnly"] = true
	case Codec:
		s["pattern"] = `^[a-z0-9._-]+$`
	default: // any text
	}
	if c.Pattern != "" {
		s["pattern"] = "^(?:" + c.Pattern + ")$"
	}
	return s
}

func anys(words []string) []any {
	list := make([]any, len(words))
	for i, w := range words {
		list[i] = w
	}
	return list
}
