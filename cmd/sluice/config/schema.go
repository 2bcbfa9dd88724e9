package config

import (
	"strings"

	"sluice/engine/value"
)

// object is a JSON object.
type object = map[string]any

// Schema is the JSON Schema of the file, draft 2020-12, for editors.
func Schema() map[string]any {
	root := section("The configuration of sluice.")
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "sluice configuration"
	abouts := map[string]string{}
	for _, s := range Sections() {
		abouts[s.Name] = s.About
	}
	for _, k := range Keys() {
		at, path := root, strings.Split(k.Name, ".")
		for i := range path[:len(path)-1] {
			below, _ := at["properties"].(object)
			next, ok := below[path[i]].(object)
			if !ok {
				next = section(abouts[strings.Join(path[:i+1], ".")])
				below[path[i]] = next
			}
			at = next
		}
		properties, _ := at["properties"].(object)
		properties[path[len(path)-1]] = k.schema()
	}
	return root
}

// section is a map that may be empty, so that everything in it can be commented out.
func section(about string) object {
	return object{"type": []any{"object", "null"}, "description": about, "additionalProperties": false, "properties": object{}}
}

// schema is that of one key.
func (k Key) schema() object {
	var s object
	switch {
	case k.Many:
		s = object{"type": "array", "items": k.recordSchema()}
	case k.Fields != nil:
		s = k.recordSchema()
	case k.Type.Type == value.List:
		// One item may stand by itself, and several with commas.
		s = object{"anyOf": []any{k.Type.Schema(), object{"type": "string"}}}
	default:
		s = k.Type.Schema()
	}
	s["description"] = k.About
	if k.Default != nil && k.Default != "" && !k.Secret() {
		s["default"] = value.JSON(k.Default)
	}
	if k.Example != "" {
		s["examples"] = []any{k.Example}
	}
	return s
}

func (k Key) recordSchema() object {
	properties := object{}
	for _, f := range k.Fields {
		properties[f.Name] = f.schema()
	}
	return object{"type": "object", "additionalProperties": false, "properties": properties}
}
