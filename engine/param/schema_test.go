package param

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const schemaParams = `
stream: string
width: {type: int, default: 1280, min: 320, max: 1920, about: Picture width.}
wait: {type: duration, default: 2s, example: 500ms}
name: {type: string, default: "$(stream)/mix"}
login: {type: secret, default: hunter2, example: hunter3}
keys: {type: list, item: secret, default: [hunter4]}
sizes: {type: list, item: size, default: [1280x720]}
`

// TestSchemaIsValid: it is JSON Schema by the standard's own meta-schema, and judges requests as Bind does.
func TestSchemaIsValid(t *testing.T) {
	defs := defined(t, schemaParams)
	data, err := json.Marshal(Schema("rooms/mixer", defs))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("mixer.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("mixer.json") // checks against the meta-schema of 2020-12
	if err != nil {
		t.Fatal(err)
	}
	for request, good := range map[string]bool{
		`{"stream": "s"}`: true,
		`{"stream": "s", "width": 640, "wait": "1m"}`: true,
		`{"stream": "s", "sizes": ["1x1", "2x2"]}`:    true,
		`{"stream": "s", "login": "x"}`:               true,
		`{}`:                                          false,
		`{"stream": "s", "width": 4000}`:              false,
		`{"stream": "s", "wdith": 640}`:               false,
		`{"stream": "s", "wait": "soon"}`:             false,
		`{"stream": "s", "sizes": ["big"]}`:           false,
		`{"stream": true}`:                            false,
	} {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(request))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); (err == nil) != good {
			t.Errorf("%s: the schema says %v", request, err)
		}
		if _, errs := Bind(defs, v.(map[string]any), nil); (len(errs) == 0) != good {
			t.Errorf("%s: Bind says %v", request, errs)
		}
	}
}

func TestSchema(t *testing.T) {
	data, err := json.MarshalIndent(Schema("rooms/mixer", defined(t, schemaParams)), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	if strings.Contains(text, "hunter") || strings.Contains(text, "***") {
		t.Errorf("a secret shows: %s", text)
	}
	var got struct {
		Title      string
		Required   []string
		Properties map[string]map[string]any
	}
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if got.Title != "rooms/mixer" || len(got.Required) != 1 || got.Required[0] != "stream" {
		t.Errorf("got %+v", got)
	}
	p := got.Properties
	for what, row := range map[string][2]any{
		"description": {p["width"]["description"], "Picture width."},
		"default":     {p["width"]["default"], 1280.0},
		"duration":    {p["wait"]["default"], "2s"},
		"reference":   {p["name"]["default"], nil},
		"writeOnly":   {p["login"]["writeOnly"], true},
		"secrets":     {p["keys"]["default"], nil},
	} {
		if row[0] != row[1] {
			t.Errorf("%s: got %v, want %v", what, row[0], row[1])
		}
	}
	if ex, _ := p["wait"]["examples"].([]any); len(ex) != 1 || ex[0] != "500ms" {
		t.Errorf("the examples are %v", ex)
	}
	if empty := Schema("x", nil); empty["required"] != nil {
		t.Errorf("got %v", empty)
	}
}
