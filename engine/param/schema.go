package param

import "sluice/engine/value"

// Schema describes the parameters as one JSON object, in JSON Schema (draft 2020-12). Defaults that depend on other values
// are left out, and so are defaults and examples of secrets.
func Schema(title string, defs []Def) map[string]any {
	properties := make(map[string]any, len(defs))
	required := []any{}
	for _, d := range defs {
		properties[d.Name] = d.schema()
		if d.Required() {
			required = append(required, d.Name)
		}
	}
	s := map[string]any{
		"$schema":              "https://json-schema.org/draft/2020-12/schema",
		"title":                title,
		"type":                 "object",
		"properties":           properties,
		"additionalProperties": false,
	}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

// schema describes one parameter.
func (d Def) schema() map[string]any {
	s := d.Constraint.Schema()
	if d.About != "" {
		s["description"] = d.About
	}
	if d.Default != nil {
		if literal, ok := d.Default.Literal(); ok {
			if v, ok := d.shown(literal); ok {
				s["default"] = v
			}
		}
	}
	if d.Example != "" {
		if v, ok := d.shown(d.Example); ok {
			s["examples"] = []any{v}
		}
	}
	return s
}

// shown gives a value as JSON has it, if it fits and is no secret.
func (d Def) shown(v any) (any, bool) {
	got, err := d.Constraint.Accept(v)
	if err != nil {
		return nil, false
	}
	if _, secret := value.Revealed(got); secret {
		return nil, false
	}
	return value.JSON(got), true
}
