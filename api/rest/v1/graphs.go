package v1

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"sluice/api/rest/wire"
	"sluice/engine/fault"
	"sluice/engine/param"
	"sluice/engine/plan"
	"sluice/engine/route"
	"sluice/engine/spec"
	"sluice/engine/store"
	"sluice/engine/value"
)

const (
	graphsTag  = "graphs"
	startEvent = "rest.start"
)

func (v *V1) addGraphs() {
	const graph = "/v1/graphs/{name}"
	missing := []int{http.StatusNotFound}
	add(v, op{method: http.MethodGet, path: "/v1/graphs", id: "list-graphs", tag: graphsTag, summary: "List the graphs"}, v.listGraphs)
	add(v, op{
		method: http.MethodGet, path: graph, id: "get-graph", tag: graphsTag, summary: "A graph, its parameters and its text", errors: missing,
	}, v.getGraph)
	add(v, op{
		method: http.MethodGet, path: graph + "/schema", id: "get-graph-schema", tag: graphsTag,
		summary: "The parameters of a graph as JSON Schema", errors: missing,
	}, v.getSchema)
	for _, f := range v.forms() {
		add(v, op{
			method: http.MethodGet, path: graph + "/" + f.name, id: "get-graph-" + f.name, tag: graphsTag, summary: f.about,
			about:  "What no session has said yet is assumed, and variables stand as {name}.",
			kinds:  []string{strings.TrimSuffix(f.kind, "; charset=utf-8")},
			errors: []int{http.StatusNotFound, http.StatusUnprocessableEntity},
		}, f.answer)
	}
	v.addDrafts()
}

// OfGraph names a graph in a path.
type OfGraph struct {
	Name string `path:"name" maxLength:"512" doc:"The name, with / written as %2F." example:"rooms%2Fmixer"`
}

func (v *V1) listGraphs(_ context.Context, in *struct {
	Paging
	Startable bool   `query:"startable" doc:"Only those that can be started by their names."`
	Prefix    string `query:"prefix" maxLength:"512" doc:"Only those whose names begin with it."`
	Known
}) (*Versioned[wire.Graphs], error) {
	set := v.opt.Graphs.Current()
	startable := startable(set)
	all := slices.DeleteFunc(slices.Clone(set.Graphs()), func(g *spec.Graph) bool {
		return in.Startable && !startable[g.Name] || !strings.HasPrefix(g.Name, in.Prefix)
	})
	some := pageOf(all, in.Paging, func(g *spec.Graph) string { return g.Name })
	out := wire.Graphs{Page: wire.Page[wire.Graph]{Items: make([]wire.Graph, 0, len(some.Items)), Next: some.Next, Total: some.Total}}
	for _, g := range some.Items {
		out.Items = append(out.Items, v.graph(set, g, startable[g.Name]))
	}
	for _, h := range set.Held() {
		out.Held = append(out.Held, wire.Held{File: v.desk.Below(h.File), Why: h.Why, Kept: h.Kept})
	}
	return versioned(out)
}

// startable are the graphs with a route for who starts them by their names.
func startable(set *store.Set) map[string]bool {
	out := map[string]bool{}
	for _, r := range set.Routes().Every(startEvent, nil) {
		out[r.Graph] = true
	}
	return out
}

// graph describes a graph.
func (v *V1) graph(set *store.Set, g *spec.Graph, starts bool) wire.Graph {
	out := wire.Graph{Name: g.Name, About: g.About.Text, Fragment: g.Fragment(), Startable: starts}
	for _, l := range g.Labels {
		if out.Labels == nil {
			out.Labels = map[string]string{}
		}
		out.Labels[l.Key.Text] = l.Value.Text
	}
	if src, ok := set.Source(g.Name); ok {
		out.Shipped = src.Shipped
		out.File = strings.TrimPrefix(v.desk.Below(src.File), "shipped/")
	}
	entries, _ := route.Entries(g) // what is wrong with routes was found when the set was made
	for _, e := range entries {
		out.Routes = append(out.Routes, e.String())
	}
	return out
}

// etag is how an answer tells its version (RFC 9110 8.8.3).
func etag(version string) string { return `"` + version + `"` }

type graphOutput struct {
	ETag string `header:"ETag" doc:"Version of the text, for If-Match and If-None-Match."`
	Body wire.GraphDetail
}

func (v *V1) getGraph(_ context.Context, in *struct {
	OfGraph
	Known
}) (*graphOutput, error) {
	set := v.opt.Graphs.Current()
	g, err := v.known(set, in.Name)
	if err != nil {
		return nil, err
	}
	text, err := v.desk.Text(in.Name)
	if err != nil {
		return nil, err
	}
	t, err := plan.Compile(g, set, v.opt.Registry)
	if err != nil {
		return nil, err
	}
	out := wire.GraphDetail{Graph: v.graph(set, g, startable(set)[g.Name]), Text: string(text)}
	for _, d := range t.Params() {
		out.Params = append(out.Params, describeParam(d))
	}
	return &graphOutput{ETag: etag(sumOf(text)), Body: out}, nil
}

func describeParam(d param.Def) wire.Param {
	p := wire.Param{
		Name: d.Name, Type: string(d.Constraint.Type), About: d.About, Required: d.Required(), Example: d.Example,
		Schema: d.Constraint.Schema(),
	}
	if d.Default != nil {
		if lit, ok := d.Default.Literal(); ok {
			if got, err := d.Constraint.Accept(lit); err == nil {
				p.Default = value.JSON(got)
			}
		}
	}
	return p
}

func (v *V1) getSchema(_ context.Context, in *struct {
	OfGraph
	Known
}) (*Versioned[map[string]any], error) {
	t, err := v.template(in.Name)
	if err != nil {
		return nil, err
	}
	return versioned(param.Schema(t.Graph(), t.Params()))
}

// known finds a graph.
func (v *V1) known(set *store.Set, name string) (*spec.Graph, error) {
	g, ok := set.Graph(name)
	if ok {
		return g, nil
	}
	f := fault.New(fault.GraphNotFound, "", "there is no graph %q", name)
	for _, h := range set.Held() {
		if v.desk.Below(h.File) == name+".yaml" {
			return nil, f.Advise("its file is held back because of errors: %s", h.Why)
		}
	}
	var names []string
	for _, g := range set.Graphs() {
		names = append(names, g.Name)
	}
	if near, ok := spec.Nearest(name, names); ok {
		return nil, f.Advise("did you mean %q?", near)
	}
	return nil, f
}

// template compiles a graph of the current set.
func (v *V1) template(name string) (*plan.Template, error) {
	set := v.opt.Graphs.Current()
	g, err := v.known(set, name)
	if err != nil {
		return nil, err
	}
	t, err := plan.Compile(g, set, v.opt.Registry)
	if err == nil && set.OfCallers(name) {
		t = t.Unlowered()
	}
	return t, err
}
