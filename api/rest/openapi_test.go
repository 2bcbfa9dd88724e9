package rest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"sluice/api/rest/problem"
	"sluice/engine/media"
	"sluice/engine/run"
)

// document is the OpenAPI document of a running server, as far as the test reads it.
type document struct {
	OpenAPI string
	Info    struct{ Title, Version, Description string }
	Paths   map[string]map[string]operation
	raw     any
	schemas *jsonschema.Compiler
}

type operation struct {
	OperationID string
	Summary     string
	Tags        []string
	Parameters  []parameter
	RequestBody *struct {
		Required bool
		Content  map[string]any
	}
	Responses map[string]struct {
		Description string
		Content     map[string]any
	}
}

type parameter struct {
	Name, In string
	Required bool
	Schema   map[string]any
}

func (k *kit) document() *document {
	k.t.Helper()
	a := k.call("GET /openapi.json", nil)
	if a.StatusCode != http.StatusOK {
		k.t.Fatal(a.Status)
	}
	d := &document{schemas: jsonschema.NewCompiler()}
	if err := json.Unmarshal([]byte(a.text), d); err != nil {
		k.t.Fatal(err)
	}
	var err error
	if d.raw, err = jsonschema.UnmarshalJSON(strings.NewReader(a.text)); err != nil {
		k.t.Fatal(err)
	}
	if err := d.schemas.AddResource("https://sluice.test/openapi.json", d.raw); err != nil {
		k.t.Fatal(err)
	}
	return d
}

// schema compiles the schema of an answer.
func (d *document) schema(path, method, status, kind string) (*jsonschema.Schema, error) {
	steps := []string{"paths", path, method, "responses", status, "content", kind, "schema"}
	for i, s := range steps {
		steps[i] = url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(s))
	}
	return d.schemas.Compile("https://sluice.test/openapi.json#/" + strings.Join(steps, "/"))
}

// fixture says what a request needs that no document can know.
type fixture struct {
	path map[string]string
	body any
	head []string
}

// fixtures has one for each operation that needs something.
func fixtures(folder, session string) map[string]fixture {
	mix := map[string]string{"id": "mix"}
	in := func(node string, more ...string) map[string]string {
		out := map[string]string{"id": "mix", "node": node}
		for i := 0; i+1 < len(more); i += 2 {
			out[more[i]] = more[i+1]
		}
		return out
	}
	graph, stream := map[string]string{"name": "mix"}, map[string]string{"name": "cam"}
	return map[string]fixture{
		"get-graph": {path: graph}, "get-graph-schema": {path: graph}, "get-graph-plan": {path: graph}, "get-graph-dot": {path: graph},
		"get-graph-svg": {path: graph}, "get-graph-launch": {path: graph},
		"put-graph": {path: map[string]string{"name": "new"}, body: tone}, "lint": {body: tone},
		"delete-graph":   {path: map[string]string{"name": "old"}, head: []string{"If-Match: *"}},
		"start-pipeline": {body: J{"graph": "jobs/relay", "id": "another", "params": J{"from": "cam", "to": "another"}}}, "get-pipeline": {path: mix}, "end-pipeline": {path: map[string]string{"id": "gone"}},
		"set-fields": {path: in("sound"), body: J{}}, "follow-pipeline": {path: mix},
		"add-key":    {path: in("voice", "key", "ann"), body: J{"params": J{"source": folder + "/a.wav"}}},
		"remove-key": {path: in("voice", "key", "bob")}, "do-action": {path: in("sound", "action", "mute"), body: J{"key": "ann"}},
		"get-stream": {path: stream}, "list-readers": {path: stream}, "explain-stream": {path: stream}, "end-stream": {path: map[string]string{"name": "ends"}},
		"get-session": {path: map[string]string{"id": session}}, "end-session": {path: map[string]string{"id": session}},
		"get-element": {path: map[string]string{"name": "stream.in"}},
	}
}

// contract is a server in which every operation can succeed.
func contract(t *testing.T) (*kit, map[string]fixture) {
	t.Helper()
	folder := t.TempDir()
	o := options{
		graphs: map[string]string{"mix": strings.Replace(mixing, "name=mix", "name=mixed", 1), "parts/voice": voice, "jobs/relay": relay, "call": calling},
		own:    map[string]string{"old": tone},
	}
	o.rules.Folders = []string{folder}
	k := writable(t, o)
	k.publish("cam", media.H264, media.Opus)
	want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "mix", "id": "mix"})
	k.last().Answer(run.Do, func(run.Change) (run.Result, error) { return run.Result{JSON: []byte(`{"done":true}`)}, nil })
	want[J](k, 201, "PUT /v1/pipelines/mix/nodes/voice/bob", J{"params": J{"source": folder + "/b.wav"}})
	want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "jobs/relay", "id": "gone", "params": J{"from": "cam", "to": "gone"}})
	want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "jobs/relay", "id": "ends", "params": J{"from": "cam", "to": "ends"}})
	return k, fixtures(folder, k.session())
}

// TestContract asks for everything that the document describes, and holds the answers against it.
func TestContract(t *testing.T) {
	k, fix := contract(t)
	d := k.document()
	if d.OpenAPI != "3.1.0" || d.Info.Title != "sluice" || d.Info.Version != "test" || d.Info.Description == "" {
		t.Errorf("%+v", d.Info)
	}
	ids := map[string]bool{}
	d.each(func(path, method string, o operation) {
		if o.OperationID == "" || o.Summary == "" || len(o.Tags) != 1 || ids[o.OperationID] || o.Responses["default"].Content[problem.ContentType] == nil {
			t.Errorf("%s %s: %+v", method, path, o)
		}
		ids[o.OperationID] = true
		for _, p := range o.Parameters {
			if p.In == "path" != strings.Contains(path, "{"+p.Name+"}") {
				t.Errorf("%s %s: parameter %q is in %s", method, path, p.Name, p.In)
			}
		}
		f := fix[o.OperationID]
		what := strings.ToUpper(method) + " " + fill(path, f.path)
		d.hold(k, path, method, o, k.ask(what, f), true)
		if strings.Contains(path, "{") && o.OperationID != "explain-stream" && o.OperationID != "put-graph" { // which answer for everything
			lost := f
			lost.path = map[string]string{}
			d.hold(k, path, method, o, k.ask(strings.ToUpper(method)+" "+fill(path, nil), lost), false)
		}
	})
	for id := range fix {
		if !ids[id] {
			t.Errorf("there is no operation %q", id)
		}
	}
}

// TestContractOfRefusals: parameters that the document does not allow are refused, and named.
func TestContractOfRefusals(t *testing.T) {
	k, fix := contract(t)
	d := k.document()
	d.each(func(path, method string, o operation) {
		f := fix[o.OperationID]
		what := strings.ToUpper(method) + " " + fill(path, f.path)
		check := func(why string, a answer, statuses ...int) {
			var p problem.Problem
			if err := json.Unmarshal([]byte(a.text), &p); err != nil || !slices.Contains(statuses, a.StatusCode) || p.Status != a.StatusCode {
				t.Errorf("%s with %s: %s %s", what, why, a.Status, a.text)
			}
			d.hold(k, path, method, o, a, false)
		}
		check("an unknown parameter", k.ask(what+"?no_such=1", f), http.StatusUnprocessableEntity)
		for _, p := range o.Parameters {
			for why, bad := range outside(p) {
				one := f
				switch p.In {
				case "header":
					one.head = append(slices.Clone(f.head), p.Name+": "+bad)
					check(why, k.ask(what, one), http.StatusUnprocessableEntity)
				case "query":
					check(why, k.ask(what+"?"+url.QueryEscape(p.Name)+"="+url.QueryEscape(bad), one), http.StatusUnprocessableEntity)
				}
			}
		}
		if o.RequestBody != nil && o.RequestBody.Content["application/json"] != nil {
			for _, bad := range []string{"{", "[]", `"text"`, "7"} {
				one := f
				one.body = bad
				check("the body "+bad, k.ask(what, one), http.StatusBadRequest, http.StatusUnprocessableEntity)
			}
			one := f
			one.head = append(slices.Clone(f.head), "Content-Type: application/x-tar")
			check("a strange body", k.ask(what, one), http.StatusUnsupportedMediaType)
		}
	})
	for path := range d.Paths {
		a := k.call("TRACE "+fill(path, nil), nil)
		if a.StatusCode != http.StatusMethodNotAllowed || a.Header.Get("Content-Type") != problem.ContentType || a.Header.Get("Allow") == "" {
			t.Errorf("TRACE %s: %s %v", path, a.Status, a.Header)
		}
	}
	k.refused(404, "resource_not_found", "GET /v1/nothing", nil)
	k.refused(404, "resource_not_found", "GET /", nil)
}

// each goes through all operations, those that end things last.
func (d *document) each(do func(path, method string, o operation)) {
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

// hold compares an answer with what the document says of it.
func (d *document) hold(k *kit, path, method string, o operation, a answer, well bool) {
	k.t.Helper()
	status := strconv.Itoa(a.StatusCode)
	said, ok := o.Responses[status]
	if !ok {
		status = "default"
		said = o.Responses[status]
	}
	if well != (a.StatusCode < http.StatusMultipleChoices) || well && !ok {
		k.t.Errorf("%s %s: %s is not what it should be: %s", method, path, a.Status, a.text)
		return
	}
	kind, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	if len(said.Content) == 0 {
		if a.text != "" {
			k.t.Errorf("%s %s: an answer that is not described: %s", method, path, a.text)
		}
		return
	}
	if said.Content[kind] == nil {
		k.t.Errorf("%s %s: %s is %q, described are %v", method, path, a.Status, kind, slices.Collect(maps.Keys(said.Content)))
		return
	}
	if !strings.HasSuffix(kind, "json") {
		return
	}
	s, err := d.schema(path, method, status, kind)
	if err != nil {
		k.t.Fatalf("%s %s: %v", method, path, err)
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(a.text))
	if err == nil {
		err = s.Validate(v)
	}
	if err != nil {
		k.t.Errorf("%s %s: %v in %s", method, path, err, a.text)
	}
}

// ask makes a request. Of an answer without end only the beginning is read.
func (k *kit) ask(what string, f fixture) answer {
	k.t.Helper()
	path, _, _ := strings.Cut(what, "?")
	if !strings.HasSuffix(path, "/events") {
		return k.call(what, f.body, f.head...)
	}
	_, path, _ = strings.Cut(what, " ")
	req, err := http.NewRequestWithContext(k.t.Context(), http.MethodGet, k.URL+path, nil)
	if err != nil {
		k.t.Fatal(err)
	}
	for _, h := range f.head {
		name, v, _ := strings.Cut(h, ": ")
		req.Header.Set(name, v)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		k.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusOK {
		return answer{resp, "…"}
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		k.t.Fatal(err)
	}
	return answer{resp, string(text)}
}

// fill puts values into a path; what has none gets one that nothing is called.
func fill(path string, values map[string]string) string {
	for path != "" {
		before, rest, ok := strings.Cut(path, "{")
		if !ok {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		value, ok := values[name]
		if !ok {
			value = "no-such-" + name
		}
		path = before + url.PathEscape(value) + after
	}
	return path
}

// outside makes values that a parameter's schema does not allow.
func outside(p parameter) map[string]string {
	out := map[string]string{}
	number := func(key string, by float64) {
		if v, ok := p.Schema[key].(float64); ok {
			out[key+" of "+p.Name] = fmt.Sprint(v + by)
		}
	}
	number("minimum", -1)
	number("maximum", 1)
	if v, ok := p.Schema["maxLength"].(float64); ok {
		out["maxLength of "+p.Name] = strings.Repeat("x", int(v)+1)
	}
	if p.Schema["enum"] != nil {
		out["enum of "+p.Name] = "none of those"
	}
	if t := p.Schema["type"]; t == "integer" || t == "boolean" {
		out["type of "+p.Name] = "perhaps"
	}
	if p.Schema["pattern"] != nil {
		out["pattern of "+p.Name] = "../ ?"
	}
	return out
}
