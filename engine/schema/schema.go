// Package schema writes the JSON Schema of the graph language, from which editors complete and check while a graph is
// being written. It is made from the same element descriptions as everything else; what a schema cannot say (links,
// routes, references across files) is left to lint.
package schema

import (
	"sluice/engine/element"
	"sluice/engine/expect"
	"sluice/engine/fault"
	"sluice/engine/value"
)

// object is a JSON object.
type object = map[string]any

// Graph is the schema, draft 2020-12, of one graph document.
func Graph(reg *element.Registry) map[string]any {
	return object{
		"$schema":              "https://json-schema.org/draft/2020-12/schema",
		"title":                "sluice graph",
		"type":                 "object",
		"required":             []string{"graph", "nodes"},
		"additionalProperties": false,
		"properties": object{
			"graph":   object{"const": "v1", "description": "Format version, always first."},
			"name":    text("Name within a file of several documents."),
			"about":   text("One sentence that says what the graph is for."),
			"labels":  object{"type": "object", "description": "Free metadata, copied to listings and metrics."},
			"params":  params(),
			"route":   routes(reg),
			"nodes":   named("The elements, by name.", node(reg)),
			"links":   links(),
			"exports": named("Pads offered to other graphs: this is a fragment.", text("node.pad")),
			"policy":  policy(),
			"tests":   tests(reg),
		},
	}
}

func text(about string) object { return object{"type": "string", "description": about} }

func name() object { return object{"pattern": "^[a-z][a-z0-9_]*$"} }

// named is a map from names to what each is.
func named(about string, each any) object {
	return object{"type": "object", "description": about, "propertyNames": name(), "additionalProperties": each}
}

// params describes typed parameters, short and long.
func params() object {
	types := []string{}
	for _, t := range value.Types() {
		types = append(types, string(t.Type))
	}
	long := object{
		"type": "object", "required": []string{"type"}, "additionalProperties": false,
		"properties": object{
			"type": object{"enum": types}, "default": object{}, "min": object{}, "max": object{},
			"of": object{"type": "array"}, "pattern": text("RE2, against the whole text."), "example": object{},
			"about": text("One sentence, with the unit."), "item": object{},
		},
	}
	return named("Typed inputs.", object{"oneOf": []any{object{"enum": types}, long}})
}

// routes describes which events start an instance.
func routes(reg *element.Registry) object {
	events, starts := []string{}, ""
	for _, t := range reg.Triggers() {
		events = append(events, t.Event)
		if starts != "" {
			starts += "|"
		}
		starts += t.Event
	}
	long := object{
		"type": "object", "required": []string{"event"}, "additionalProperties": false,
		"properties": object{
			"event": object{"enum": events}, "path": text("Pattern: /live/{stream...}"),
			"where": object{"type": "object"}, "with": object{"type": "object"}, "share": object{},
		},
	}
	return object{"type": "array", "items": object{"anyOf": []any{object{"type": "string", "pattern": "^(" + starts + ")( |$)"}, long}}}
}

// node describes one node: its short form, or its keys with the settings of sluice's own elements.
func node(reg *element.Registry) object {
	own := reg.OwnNames()
	long := object{
		"type": "object", "additionalProperties": false,
		"properties": object{
			"element": object{
				"anyOf":       []any{object{"enum": own}, text("A GStreamer factory.")},
				"description": "One of ours, with a dot, or a GStreamer factory.",
			},
			"set": object{"type": "object"},
			"use": text("A fragment."), "with": object{"type": "object", "description": "The fragment's parameters."},
			"each":     object{"description": "A list parameter, or {key: name, max: n}."},
			"lazy":     text("Run only while somebody reads, and this long after."),
			"on_error": object{"enum": []string{"fail", "drop", "restart"}},
			"fallback": object{
				"type": "object", "required": []string{"node"},
				"properties": object{
					"node": text("Played meanwhile."), "after": text("Of silence."),
					"keep": text("How long it plays once the source has ended: a time, watched or forever."),
				},
			},
			"queue": queue(),
			"about": text("A note, shown in plans and pictures."),
		},
		"oneOf": []any{object{"required": []string{"element"}}, object{"required": []string{"use"}}},
	}
	var rules []any
	for _, n := range own {
		s, _ := reg.Spec(n)
		rules = append(rules, object{
			"if":   object{"properties": object{"element": object{"const": n}}, "required": []string{"element"}},
			"then": object{"properties": object{"set": settings(s)}},
		})
	}
	long["allOf"] = rules
	return object{"oneOf": []any{text("element key=value …"), long}}
}

// settings describes an element's fields. A field may always be a reference instead.
func settings(s *element.Spec) object {
	fields := object{}
	for _, f := range s.Fields {
		sch := f.Constraint.Schema()
		one := object{"anyOf": []any{sch, object{"type": "string", "pattern": `\$`}}, "description": f.About}
		if f.Default != nil {
			one["default"] = value.JSON(f.Default)
		}
		fields[f.Name] = one
	}
	return object{"type": "object", "properties": fields, "additionalProperties": false}
}

func queue() object {
	return object{
		"type": "object", "additionalProperties": false,
		"properties": object{
			"time": text("Length, e.g. 500ms."), "buffers": object{"type": []string{"integer", "string"}},
			"drop": object{"enum": []string{"oldest", "newest", "never"}},
		},
	}
}

func links() object {
	long := object{
		"type": "object", "required": []string{"from", "to"}, "additionalProperties": false,
		"properties": object{
			"from": text("node or node.pad"), "to": text("node or node.pad"), "caps": text("GStreamer caps"),
			"pad": object{"type": "object"}, "queue": queue(),
		},
	}
	return object{"type": "array", "description": "Chains: a -> [caps] -> b.pad", "items": object{"oneOf": []any{text("a -> b"), long}}}
}

func policy() object {
	return object{
		"type": "object", "additionalProperties": false,
		"properties": object{
			"start": text("Time to become live."), "stall": text("Silence that counts as failure."),
			"restart": object{"type": "object"}, "drain": text("Time to end in order."), "end": object{},
			"latency": text("Of the pipeline."), "cost": object{"type": []string{"number", "string"}},
			"worker": object{"enum": []string{"own", "shared"}}, "reload": object{"enum": []string{"keep", "restart"}},
		},
	}
}

func tests(reg *element.Registry) object {
	codecs := object{"type": "object", "description": "Nodes and their codecs: {phone: [pcmu, h264]}."}
	stand := object{"oneOf": []any{
		text("element key=value …"),
		object{
			"type": "object", "required": []string{"element"}, "additionalProperties": false,
			"properties": object{"element": text("What replaces the node."), "set": object{"type": "object"}},
		},
	}}
	return object{"type": "array", "items": object{
		"type": "object", "required": []string{"name"}, "additionalProperties": false,
		"properties": object{
			"name": text("What the test shows."), "with": object{"type": "object", "description": "Parameters, captures and variables."},
			"given": codecs, "want": codecs, "mock": named("Elements in the place of nodes.", stand),
			"limit": text("Time it may take; 30s if left out."), "expect": expectations(reg),
		},
	}}
}

// expectations describes what stands under `expect:`. Whatever is not one of its words is the name of a node.
func expectations(reg *element.Registry) object {
	counts, events := object{}, object{}
	for _, k := range expect.PlanKeys() {
		counts[k] = span("a number")
	}
	for _, t := range reg.Triggers() {
		events[t.Event] = text("A path: /live/cam")
	}
	route := object{"anyOf": []any{
		object{"type": "object", "additionalProperties": false, "properties": events},
		object{
			"type": "object", "required": []string{"event", "path"}, "additionalProperties": false,
			"properties": object{
				"event": text("The event."), "path": text("/live/cam"), "vars": object{"type": "object"}, "captures": object{"type": "object"},
			},
		},
	}}
	var codes []string
	for _, i := range fault.Codes() {
		codes = append(codes, string(i.Code))
	}
	return object{
		"type": "object", "additionalProperties": nodeExpectations(),
		"properties": object{
			"plan":  object{"type": "object", "additionalProperties": false, "properties": counts},
			"route": object{"oneOf": []any{route, object{"type": "array", "items": route}}},
			"end":   object{"enum": []string{expect.EOS, expect.Failed, expect.Timeout}},
			"error": object{
				"type": "object", "additionalProperties": false,
				"properties": object{"code": object{"enum": codes}, "node": text("The node that is blamed.")},
			},
			"drift": span("a duration"),
		},
	}
}

// nodeExpectations describes what can be expected of one node.
func nodeExpectations() object {
	one := object{"type": []string{"number", "string"}}
	return object{
		"type": "object", "additionalProperties": false, "description": "What passed the output of a node, or node.pad.",
		"properties": object{
			"caps": text("GStreamer caps."), "tracks": object{"description": "The codecs of a file."},
			"frames": span("a number"), "keyframes": span("a number"), "length": span("a duration"), "bytes": span("an amount of bytes"),
			"rate": span("a bit rate"), "fps": span("frames a second"), "size": text("640x360"), "golden": text("A file beside the graph."),
			"tone": object{
				"description": "Hz that are heard; several; none; or {is, not, at}.",
				"anyOf":       []any{one, object{"type": []string{"array", "object"}}},
			},
			"colour": object{
				"description": "A name or #rrggbb; {is, at, when, within}; or a list of them.",
				"type":        []string{"string", "object", "array"},
			},
		},
	}
}

func span(what string) object {
	return object{"type": []string{"number", "string"}, "description": "A range or " + what + ": 45..55, open at either end."}
}
