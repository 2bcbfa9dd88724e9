package v1

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"sluice/api/rest/wire"
	"sluice/engine/fault"
	"sluice/engine/route"
	"sluice/engine/spec"
)

func (v *V1) addRoutes() {
	add(v, op{
		method: http.MethodGet, path: "/v1/routes", id: "list-routes", tag: "routes", summary: "Which graph answers which event",
		about: "All routes in the order of precedence, those of an event, or, with a path, those that match it: the one that is taken first, " +
			"and why each stands where it does.",
		errors: []int{http.StatusNotFound},
	}, v.listRoutes)
}

func (v *V1) listRoutes(_ context.Context, in *struct {
	Event string   `query:"event" maxLength:"128" doc:"Only routes of this event." example:"rtmp.publish"`
	Path  string   `query:"path" maxLength:"4096" doc:"Only those that match this path, which begins with a slash." example:"/live/cam"`
	Var   []string `query:"var,explode" maxItems:"64" doc:"A variable of the event, for conditions: name=value." example:"[\"app=live\"]"`
}) (*Body[[]wire.Route], error) {
	if err := v.event(in.Event, in.Path); err != nil {
		return nil, err
	}
	vars := route.Variables{}
	for _, text := range in.Var {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return nil, parameter("var", fault.New(fault.InvalidParams, "", "it wants name=value, not %q", text))
		}
		vars[name] = value
	}
	if in.Path != "" {
		return &Body[[]wire.Route]{v.candidates(in.Event, in.Path, vars)}, nil
	}
	out := []wire.Route{}
	for _, e := range v.opt.Graphs.Current().Routes().All() {
		if in.Event == "" || e.Event == in.Event {
			out = append(out, v.route(e))
		}
	}
	return &Body[[]wire.Route]{out}, nil
}

// event refuses an event that there is not, and a path that it cannot have.
func (v *V1) event(name, path string) error {
	if name == "" && path == "" {
		return nil
	}
	t, ok := v.opt.Registry.Trigger(name)
	switch {
	case name == "":
		return parameter("path", fault.New(fault.InvalidParams, "", "it needs an event"))
	case !ok:
		f := fault.New(fault.ResourceNotFound, "", "there is no event %q", name)
		var names []string
		for _, t := range v.opt.Registry.Triggers() {
			names = append(names, t.Event)
		}
		if near, ok := spec.Nearest(name, names); ok {
			return f.Advise("did you mean %q?", near)
		}
		return f.Advise("the events are %s", strings.Join(names, ", "))
	case path != "" && !t.Path:
		return parameter("path", fault.New(fault.InvalidParams, "", "%s has none: every graph with that route answers it", name))
	case path != "" && !strings.HasPrefix(path, "/"):
		return parameter("path", fault.New(fault.InvalidParams, "", "it begins with a slash"))
	}
	return nil
}

func (v *V1) route(e *route.Entry) wire.Route {
	return wire.Route{
		Event: e.Event, Route: e.String(), Graph: e.Graph,
		Place: strings.TrimPrefix(v.desk.Below(e.Pos.File), "shipped/") + ":" + strconv.Itoa(e.Pos.Line) + ":" + strconv.Itoa(e.Pos.Col),
	}
}

// candidates lists the routes that match, and marks the one that is taken.
func (v *V1) candidates(event, path string, vars route.Vars) []wire.Route {
	table := v.opt.Graphs.Current().Routes()
	m, found := table.Match(event, path, vars)
	out := []wire.Route{}
	for _, c := range table.Explain(event, path) {
		one := v.route(c.Entry)
		one.Why, one.Taken = c.Why, found && c.Entry == m.Entry
		out = append(out, one)
	}
	return out
}
