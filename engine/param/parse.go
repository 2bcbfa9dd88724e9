package param

import (
	"encoding/json"
	"errors"

	"sluice/engine/fault"
	"sluice/engine/spec"
)

// maxDepth bounds lists and maps inside each other.
const maxDepth = 32

// SyntaxError says what is wrong with one place of an expression.
type SyntaxError struct {
	Pos    spec.Pos // of the wrong place, as near as it can be told: of the whole value if that has several lines
	Offset int      // of the wrong place in the value's text, in bytes
	Fault  *fault.Fault
}

// Error is the fault's text.
func (e *SyntaxError) Error() string { return e.Fault.Error() }

// Unwrap gives the fault.
func (e *SyntaxError) Unwrap() error { return e.Fault }

// ParseExpr reads a value of a file as an expression. A reference is $name or $(name), where the name may have dots;
// $$ is a dollar sign. A value that is one reference and nothing else keeps the type of what it refers to, in other text
// a reference becomes text. Only the strings of a value are searched: keys of maps are taken as they are.
//
// Constants are what YAML makes of them: a string, bool, nil, or a number as it was written, which is a json.Number or,
// in a notation that JSON lacks (0x1F, 010), a string. value.Constraint.Accept takes all of them.
//
// The error joins a *SyntaxError for every place that is wrong; Explain puts them into a report.
func ParseExpr(v spec.Value) (Expr, error) {
	return parse(v, maxDepth)
}

// Explain adds the errors of ParseExpr to a report, as bad_reference.
func Explain(r *spec.Report, err error) {
	var many interface{ Unwrap() []error }
	if errors.As(err, &many) {
		for _, one := range many.Unwrap() {
			Explain(r, one)
		}
		return
	}
	var e *SyntaxError
	if errors.As(err, &e) {
		r.Errorf(e.Pos, CodeBadReference, "%s", e.Fault.Msg).Advise("%s", e.Fault.Hint)
	}
}

func parse(v spec.Value, depth int) (Expr, error) {
	if depth == 0 {
		return constantOf(v.Pos, nil), wrong(v, 0, "this is nested deeper than %d levels", maxDepth)
	}
	switch v.Kind {
	case spec.Null:
		return constantOf(v.Pos, nil), nil
	case spec.Bool:
		if v.Text == "true" || v.Text == "false" {
			return constantOf(v.Pos, v.Text == "true"), nil
		}
		return constantOf(v.Pos, v.Text), nil // "True": for a bool to refuse
	case spec.Int, spec.Float:
		if json.Valid([]byte(v.Text)) {
			return constantOf(v.Pos, json.Number(v.Text)), nil
		}
		return constantOf(v.Pos, v.Text), nil
	case spec.List:
		e := Expr{pos: v.Pos, shape: list}
		return e.with(v.Items, depth)
	case spec.Map:
		e := Expr{pos: v.Pos, shape: mapping}
		values := make([]spec.Value, 0, len(v.Entries))
		for _, entry := range v.Entries {
			e.keys = append(e.keys, entry.Key.Text)
			values = append(values, entry.Value)
		}
		return e.with(values, depth)
	default:
		return parseText(v)
	}
}

// with adds the items of a list or map.
func (e Expr) with(values []spec.Value, depth int) (Expr, error) {
	var errs []error
	for _, v := range values {
		item, err := parse(v, depth-1)
		e.items, errs = append(e.items, item), append(errs, err)
	}
	return e, errors.Join(errs...)
}
