package client

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"sluice/api/rest/wire"
)

const (
	graphs   = "graphs"
	yamlKind = "application/yaml"
)

// GraphFilter says which graphs are wanted.
type GraphFilter struct {
	Prefix    string
	Startable bool // only those that can be started by their names
}

// Graphs lists the graphs in the order of names, and what is not among them.
func (c *Client) Graphs(ctx context.Context, f GraphFilter, p Paging) (wire.Graphs, error) {
	q := p.into(given(url.Values{}, "prefix", f.Prefix))
	if f.Startable {
		q.Set("startable", "true")
	}
	return get[wire.Graphs](ctx, c, q, "v1", graphs)
}

// Graph gives a graph with its parameters and text, and the version of that text.
func (c *Client) Graph(ctx context.Context, name string) (g wire.GraphDetail, version string, err error) {
	g, a, err := read[wire.GraphDetail](ctx, c, request{method: http.MethodGet, path: []string{"v1", graphs, name}})
	if err != nil {
		return g, "", err
	}
	return g, strings.Trim(a.header.Get("ETag"), `"`), nil
}

// GraphSchema gives the parameters of a graph as JSON Schema.
func (c *Client) GraphSchema(ctx context.Context, name string) (map[string]any, error) {
	return get[map[string]any](ctx, c, nil, "v1", graphs, name, "schema")
}

// Forms are the ways in which DrawGraph shows a graph.
func Forms() []string { return []string{"plan", "dot", "svg", "launch"} }

// DrawGraph shows what would run, in one of Forms. Parameters, captures and variables are written name=value.
func (c *Client) DrawGraph(ctx context.Context, name, form string, params []string) ([]byte, error) {
	r := request{method: http.MethodGet, path: []string{"v1", graphs, name, form}, query: url.Values{}}
	if len(params) > 0 {
		r.query["param"] = params
	}
	a, err := c.do(ctx, r)
	if err != nil {
		return nil, err
	}
	return a.body, nil
}

// Lint checks the text of a graph without keeping it. name is what it would be called; "" if that does not matter.
func (c *Client) Lint(ctx context.Context, name string, text []byte) (wire.Lint, error) {
	return call[wire.Lint](ctx, c, request{
		method: http.MethodPost, path: []string{"v1", "lint"}, query: given(url.Values{}, "name", name), body: text, kind: yamlKind,
	})
}

// Version says which version of a graph a change is about. The zero value says that there is none yet.
type Version struct {
	Is  string // what Graph or PutGraph said
	Any bool   // whichever there is
}

func (v Version) header() map[string]string {
	switch {
	case v.Any:
		return map[string]string{"If-Match": "*"}
	case v.Is != "":
		return map[string]string{"If-Match": `"` + v.Is + `"`}
	}
	return map[string]string{"If-None-Match": "*"}
}

// PutGraph writes a graph into the server's folder; made tells whether there was none of that name there. If there is another version
// than the one said, it is fault.StaleVersion.
func (c *Client) PutGraph(ctx context.Context, name string, text []byte, v Version) (w wire.Written, made bool, err error) {
	r := request{method: http.MethodPut, path: []string{"v1", graphs, name}, header: v.header(), body: text, kind: yamlKind}
	w, a, err := read[wire.Written](ctx, c, r)
	if err != nil {
		return w, false, err
	}
	return w, a.status == http.StatusCreated, nil
}

// DeleteGraph removes a graph from the server's folder. If there is another version than the one said, it is fault.StaleVersion.
func (c *Client) DeleteGraph(ctx context.Context, name string, v Version) error {
	_, err := c.do(ctx, request{method: http.MethodDelete, path: []string{"v1", graphs, name}, header: v.header()})
	return err
}
