package resttest

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Document is the OpenAPI document of a running server, as far as the tests read it.
type Document struct {
	OpenAPI string
	Info    struct{ Title, Version, Description string }
	Paths   map[string]map[string]Operation

	schemas *jsonschema.Compiler
}

// Operation is one of the document.
type Operation struct {
	OperationID string
	Summary     string
	Tags        []string
	Parameters  []Parameter
	RequestBody *struct {
		Required bool
		Content  map[string]any
	}
	Responses map[string]struct {
		Description string
		Content     map[string]any
	}
}

// Parameter is one of an operation.
type Parameter struct {
	Name, In string
	Required bool
	Schema   map[string]any
}

// at is where the document is said to be, for references within it.
const at = "https://sluice.test/openapi.json"

// Read asks a server for its document.
func Read(t testing.TB, c Client) *Document {
	t.Helper()
	a := c.Call(t, "GET /openapi.json", nil)
	if a.StatusCode != http.StatusOK {
		t.Fatal(a.Status)
	}
	d := &Document{schemas: jsonschema.NewCompiler()}
	if err := json.Unmarshal([]byte(a.Text), d); err != nil {
		t.Fatal(err)
	}
	raw, err := jsonschema.UnmarshalJSON(strings.NewReader(a.Text))
	if err == nil {
		err = d.schemas.AddResource(at, raw)
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Each goes through all operations in an order that is always the same, those that end things last.
func (d *Document) Each(do func(path, method string, o Operation)) {
	for _, ends := range []bool{false, true} {
		for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
			for _, method := range slices.Sorted(maps.Keys(d.Paths[path])) {
				if (method == "delete") == ends {
					do(path, method, d.Paths[path][method])
				}
			}
		}
	}
}

// Hold compares an answer with what the document says of it. well says whether the operation was to succeed.
func (d *Document) Hold(t testing.TB, path, method string, a Answer, well bool) {
	t.Helper()
	status := strconv.Itoa(a.StatusCode)
	said, ok := d.Paths[path][method].Responses[status]
	if !ok {
		status = "default"
		said = d.Paths[path][method].Responses[status]
	}
	if well != (a.StatusCode < http.StatusMultipleChoices) || well && !ok {
		t.Errorf("%s %s: %s is not what it should be: %s", method, path, a.Status, a.Text)
		return
	}
	kind, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	if len(said.Content) == 0 {
		if a.Text != "" {
			t.Errorf("%s %s: an answer that is not described: %s", method, path, a.Text)
		}
		return
	}
	if said.Content[kind] == nil {
		t.Errorf("%s %s: %s is %q, described are %v", method, path, a.Status, kind, slices.Collect(maps.Keys(said.Content)))
		return
	}
	if strings.HasSuffix(kind, "json") {
		d.validate(t, path, method, []string{"responses", status, "content", kind, "schema"}, a.Text)
	}
}

// validate holds JSON against the schema of an answer.
func (d *Document) validate(t testing.TB, path, method string, steps []string, text string) {
	t.Helper()
	steps = append([]string{"paths", path, method}, steps...)
	for i, s := range steps {
		steps[i] = url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(s))
	}
	s, err := d.schemas.Compile(at + "#/" + strings.Join(steps, "/"))
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err == nil {
		err = s.Validate(v)
	}
	if err != nil {
		t.Errorf("%s %s: %v in %s", method, path, err, text)
	}
}
