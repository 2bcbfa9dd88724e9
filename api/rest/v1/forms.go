package v1

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"sluice/api/rest/problem"
	"sluice/engine/fault"
	"sluice/engine/param"
	"sluice/engine/plan"
	"sluice/engine/plan/draw"
)

// form is a way to show a graph.
type form struct {
	name, about, kind string
	draw              func(io.Writer, *plan.Plan) error
	v                 *V1
}

func (v *V1) forms() []form {
	return []form{
		{"plan", "What would run, as JSON", "application/json", draw.JSON, v},
		{"dot", "What would run, as a drawing for Graphviz", "text/vnd.graphviz; charset=utf-8", draw.DOT, v},
		{"svg", "What would run, drawn", "image/svg+xml", draw.SVG, v},
		{"launch", "What would run, as a line for gst-launch-1.0", "text/plain; charset=utf-8", draw.Launch, v},
	}
}

// drawn is a graph in some form.
type drawn struct {
	Type string `header:"Content-Type"`
	Body []byte
}

// answer draws a graph.
func (f form) answer(_ context.Context, in *struct {
	OfGraph
	Param []string `query:"param,explode" maxItems:"256" doc:"A parameter, capture or variable: name=value." example:"[\"room=lobby\"]"`
}) (*drawn, error) {
	t, err := f.v.template(in.Name)
	if err != nil {
		return nil, err
	}
	inputs, err := inputsOf(t, in.Param)
	if err != nil {
		return nil, err
	}
	if _, wrong := param.Bind(t.Params(), inputs.Params, inputs.Scope); len(wrong) > 0 {
		return nil, badParams(wrong)
	}
	p, err := t.Resolve(inputs)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := f.draw(&b, p); err != nil {
		return nil, err
	}
	return &drawn{Type: f.kind, Body: b.Bytes()}, nil
}

// inputsOf sorts what a caller gives into parameters and variables. Variables of the environment stand as their names: whoever may see
// plans need not see those.
func inputsOf(t *plan.Template, list []string) (plan.Inputs, error) {
	in := plan.Inputs{Params: map[string]any{}}
	vars := param.Values{}
	for _, text := range list {
		name, value, ok := strings.Cut(text, "=")
		_, known := t.Placeholders().Lookup(name)
		switch {
		case !ok:
			return in, parameter("param", fault.New(fault.InvalidParams, "", "it wants name=value, not %q", text))
		case slices.ContainsFunc(t.Params(), func(d param.Def) bool { return d.Name == name }):
			in.Params[name] = value
		case known:
			vars[name] = value
		default:
			return in, parameter("param", fault.New(fault.InvalidParams, "", "the graph has no parameter, capture or variable %q", name))
		}
	}
	in.Scope = param.Chain(vars, t.Placeholders(), environment{})
	return in, nil
}

// environment stands in for the variables of the environment.
type environment struct{}

// Lookup implements param.Scope.
func (environment) Lookup(name string) (any, bool) {
	if !strings.HasPrefix(name, "env.") {
		return nil, false
	}
	return name, true
}

// badParams says what is wrong with parameters that stand in the address.
func badParams(wrong []error) error {
	r := problem.Refuse(http.StatusUnprocessableEntity, fault.InvalidParams, "the parameters of the graph do not fit")
	for _, err := range wrong {
		f, ok := errors.AsType[*fault.Fault](err)
		if !ok {
			continue
		}
		name := strings.TrimPrefix(f.Place, "/params/")
		r.Errors = append(r.Errors, problem.Detail{Parameter: "param", Code: string(f.Code), Detail: name + ": " + f.Msg, Hint: f.Hint})
	}
	return r
}
