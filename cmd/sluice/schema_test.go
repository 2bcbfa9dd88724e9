package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"sluice/engine/schema"
	"sluice/graphs"
)

// validator compiles the language's schema as an editor does.
func validator(t *testing.T) *jsonschema.Schema {
	t.Helper()
	reg, err := (&app{registry: "snapshot"}).elements()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(schema.Graph(reg))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("graph.json", doc); err != nil {
		t.Fatal(err)
	}
	out, err := c.Compile("graph.json")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// documents reads YAML as an editor's language server does.
func documents(t *testing.T, text []byte) []any {
	t.Helper()
	var out []any
	dec := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var v any
		err := dec.Decode(&v)
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, doc)
	}
}

// TestSchemaTakesShippedGraphs validates what lints: an editor must not underline what is right.
func TestSchemaTakesShippedGraphs(t *testing.T) {
	v := validator(t)
	count := 0
	err := fs.WalkDir(graphs.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		text, err := fs.ReadFile(graphs.FS, path)
		for _, doc := range documents(t, text) {
			count++
			if err := v.Validate(doc); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
		return err
	})
	if err != nil || count < 20 {
		t.Errorf("%d graphs, %v", count, err)
	}
}

// TestSchemaRefuses shows that the schema says something.
func TestSchemaRefuses(t *testing.T) {
	v := validator(t)
	for name, text := range map[string]string{
		"no version":       "nodes: {a: rtmp.in}",
		"unknown key":      "graph: v1\nnodes: {a: rtmp.in}\nlinkz: []",
		"unknown setting":  "graph: v1\nnodes: {a: {element: stream.in, set: {nam: x}}}",
		"wrong type":       "graph: v1\nnodes: {a: {element: stream.in, set: {name: x, kind: smell}}}",
		"no such event":    "graph: v1\nroute: [rtmp.publihs /x]\nnodes: {a: rtmp.in}",
		"both element/use": "graph: v1\nnodes: {a: {element: x, use: y}}",
	} {
		for _, doc := range documents(t, []byte(text)) {
			if v.Validate(doc) == nil {
				t.Errorf("%s: the schema takes it", name)
			}
		}
	}
}
