package resttest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"sluice/api/rest/problem"
)

// Fixture says what a request needs that no document can know.
type Fixture struct {
	Path map[string]string // values of what stands in braces
	Body any
	Head []string // "If-Match: *"
	Lame bool     // it cannot succeed here, and is to be refused
}

// Fixtures are those of operations, by their ids. Operations that need nothing have none.
type Fixtures map[string]Fixture

// Operations asks for everything that the document describes, and holds the answers against it: once so that it succeeds, and, where
// the path names something, once with names that nothing has.
func (d *Document) Operations(t *testing.T, c Client, fix Fixtures) {
	t.Helper()
	ids := map[string]bool{}
	d.Each(func(path, method string, o Operation) {
		d.sound(t, path, method, o, ids)
		ids[o.OperationID] = true
		f := fix[o.OperationID]
		verb := strings.ToUpper(method) + " "
		d.Hold(t, path, method, c.Call(t, verb+Fill(path, f.Path), f.Body, f.Head...), !f.Lame)
		everything := []string{"explain-stream", "put-graph", "put-app"} // these answer for
		if strings.Contains(path, "{") && !slices.Contains(everything, o.OperationID) {
			d.Hold(t, path, method, c.Call(t, verb+Fill(path, nil), f.Body, f.Head...), false)
		}
	})
	for id := range fix {
		if !ids[id] {
			t.Errorf("there is no operation %q", id)
		}
	}
}

// sound looks at what is told of an operation.
func (d *Document) sound(t *testing.T, path, method string, o Operation, others map[string]bool) {
	t.Helper()
	if o.OperationID == "" || o.Summary == "" || len(o.Tags) != 1 || others[o.OperationID] ||
		o.Responses["default"].Content[problem.ContentType] == nil {
		t.Errorf("%s %s: %+v", method, path, o)
	}
	for _, p := range o.Parameters {
		if p.In == "path" != strings.Contains(path, "{"+p.Name+"}") {
			t.Errorf("%s %s: parameter %q is in %s", method, path, p.Name, p.In)
		}
	}
}

// Refusals asks for everything in ways that the document does not allow; each is to be refused with a problem that the document
// describes, and to change nothing.
func (d *Document) Refusals(t *testing.T, c Client, fix Fixtures) {
	t.Helper()
	d.Each(func(path, method string, o Operation) {
		d.misuse(t, c, path, method, o, fix[o.OperationID])
	})
	for path := range d.Paths {
		a := c.Call(t, "TRACE "+Fill(path, nil), nil)
		if a.StatusCode != http.StatusMethodNotAllowed || a.Header.Get("Content-Type") != problem.ContentType || a.Header.Get("Allow") == "" {
			t.Errorf("TRACE %s: %s %v", path, a.Status, a.Header)
		}
	}
	for _, nowhere := range []string{"/v1/nothing", "/"} {
		if a := c.Call(t, "GET "+nowhere, nil); a.StatusCode != http.StatusNotFound || a.Header.Get("Content-Type") != problem.ContentType {
			t.Errorf("GET %s: %s %s", nowhere, a.Status, a.Text)
		}
	}
}

// misuse asks for one operation in all ways that are wrong.
func (d *Document) misuse(t *testing.T, c Client, path, method string, o Operation, f Fixture) {
	t.Helper()
	what := strings.ToUpper(method) + " " + Fill(path, f.Path)
	check := func(why, query string, body any, head []string, statuses ...int) {
		t.Helper()
		a := c.Call(t, what+query, body, append(slices.Clone(f.Head), head...)...)
		var p problem.Problem
		if err := json.Unmarshal([]byte(a.Text), &p); err != nil || !slices.Contains(statuses, a.StatusCode) || p.Status != a.StatusCode {
			t.Errorf("%s with %s: %s %s", what, why, a.Status, a.Text)
		}
		d.Hold(t, path, method, a, false)
	}
	check("an unknown parameter", "?no_such=1", f.Body, nil, http.StatusUnprocessableEntity)
	for _, p := range o.Parameters {
		for why, bad := range outside(p) {
			switch p.In {
			case "header":
				check(why, "", f.Body, []string{p.Name + ": " + bad}, http.StatusUnprocessableEntity)
			case "query":
				check(why, "?"+url.QueryEscape(p.Name)+"="+url.QueryEscape(bad), f.Body, nil, http.StatusUnprocessableEntity)
			}
		}
	}
	if o.RequestBody == nil || o.RequestBody.Content["application/json"] == nil {
		return
	}
	for _, bad := range []string{"{", "[]", `"text"`, "7"} {
		check("the body "+bad, "", bad, nil, http.StatusBadRequest, http.StatusUnprocessableEntity)
	}
	check("a strange body", "", f.Body, []string{"Content-Type: application/x-tar"}, http.StatusUnsupportedMediaType)
}

// Fill puts values into a path; what has none gets one that nothing is called.
func Fill(path string, values map[string]string) string {
	for {
		before, rest, ok := strings.Cut(path, "{")
		if !ok {
			return path
		}
		name, after, _ := strings.Cut(rest, "}")
		value, ok := values[name]
		if !ok {
			value = "no-such-" + name
		}
		path = before + url.PathEscape(value) + after
	}
}

// outside makes values that a parameter's schema does not allow.
func outside(p Parameter) map[string]string {
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
