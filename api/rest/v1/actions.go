package v1

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"sluice/api/rest/describe"
	"sluice/api/rest/problem"
	"sluice/api/rest/wire"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/value"
)

// actionOutput is what an action gives.
type actionOutput struct {
	Type string `header:"Content-Type"`
	Body []byte
}

func (v *V1) doAction(ctx context.Context, in *struct {
	OfNode
	Action string `path:"action" maxLength:"64" example:"key_frame"`
	Body   *wire.Values
}) (*actionOutput, error) {
	i, n, s, err := v.node(in.OfNode)
	if err != nil {
		return nil, err
	}
	if bridges := describe.KeyBridges(i.Plan(), n.Name); in.Action == describe.KeyFrame && len(bridges) > 0 {
		for _, b := range bridges {
			i.Key(b) //nolint:contextcheck // it returns at once; the pipeline asks in its own time
		}
		return answerOf(nil, "", nil), nil
	}
	at := slices.IndexFunc(s.Actions, func(a element.Action) bool { return a.Name == in.Action })
	if at < 0 {
		_, has := describe.Abilities(i.Plan(), *n, s)
		f := fault.New(fault.ResourceNotFound, n.Name, "%q has no action %q", n.Element, in.Action)
		if len(has) == 0 {
			return nil, f.Advise("it has none")
		}
		return nil, f.Advise("its actions: %s", strings.Join(has, ", "))
	}
	var given wire.Values
	if in.Body != nil {
		given = *in.Body
	}
	args, err := arguments(s.Actions[at].Args, given)
	if err != nil {
		return nil, err
	}
	for _, a := range args {
		f, _ := (&element.Spec{Fields: s.Actions[at].Args}).Field(a.Name)
		if err := v.opt.Guard.Setting(n.Name, n.Element, f, a.Text); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, changing)
	defer cancel()
	r, err := i.Do(ctx, n.Name, in.Action, args)
	if err != nil {
		return nil, over(err)
	}
	return answerOf(r.JSON, r.Type, r.Bytes), nil
}

// answerOf is the answer with what an action gave.
func answerOf(text json.RawMessage, kind string, data []byte) *actionOutput {
	switch {
	case data != nil:
		if kind == "" {
			kind = "application/octet-stream"
		}
		return &actionOutput{Type: kind, Body: data}
	case len(bytes.TrimSpace(text)) > 0:
		return &actionOutput{Type: "application/json", Body: text}
	}
	return &actionOutput{Type: "application/json", Body: []byte("null")}
}

// arguments checks what an action is given.
func arguments(fields []element.Field, given wire.Values) ([]plan.Setting, error) {
	r := problem.Refuse(0, fault.InvalidParams, "the arguments do not fit")
	wrong := func(name, what, hint string) {
		r.Errors = append(r.Errors, problem.Detail{Pointer: "/" + name, Code: string(fault.InvalidParams), Detail: what, Hint: hint})
	}
	var out []plan.Setting
	for _, f := range fields {
		v, ok := given[f.Name]
		if !ok {
			if f.Required {
				wrong(f.Name, "it is missing", "")
			}
			continue
		}
		got, err := f.Constraint.Accept(v)
		if err != nil {
			what, hint := told(err)
			wrong(f.Name, what, hint)
			continue
		}
		out = append(out, plan.Setting{Name: f.Name, Type: f.Constraint.Type, Text: value.Text(got)})
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.ContainsFunc(fields, func(f element.Field) bool { return f.Name == name }) {
			wrong(name, "there is no such argument", "")
		}
	}
	if len(r.Errors) > 0 {
		return nil, r
	}
	return out, nil
}

// told is what an error says of a value.
func told(err error) (what, hint string) {
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		return f.Msg, f.Hint
	}
	return "it does not fit", ""
}
