package param

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/spec"
	"sluice/engine/value"
)

// everything knows every name.
type everything struct{ v any }

func (e everything) Lookup(string) (any, bool) { return e.v, true }

// FuzzExpr reads any text. An error names a place in it; what is read can be written again with all references spelt out,
// and lets no secret become plain text.
func FuzzExpr(f *testing.F) {
	for _, s := range []string{
		"", "plain", "$a", "$(a)", "$a.b.c", "$(a.b)x", "$$", "$$a", "$", "${a}", "$()", "$(", "$(a", "$a.", "$a..b", "$.a", "$1",
		"rtsp://$env.HOST/$(id)/main", "$a$b$$$c", "ü$äü", "line\n$a", "$_", "$a-b", "$(a)$(b)", "$(a b)", "\x00$\xff", "$$$", "$a$",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := ParseExpr(text(s))
		if err != nil {
			misplaced(t, s, err)
			return
		}
		if len(s) > value.MaxText/4 {
			return // spelt out it may be too long
		}
		again, err := ParseExpr(text(spelt(e)))
		if err != nil || !reflect.DeepEqual(names(again), names(e)) {
			t.Fatalf("%q is written %q and then refers to %v, %v; want %v", s, spelt(e), names(again), err, names(e))
		}
		for _, v := range []any{"", int64(5), nil, []any{"a"}, value.Hidden("pw")} {
			got, err1 := e.Eval(everything{v})
			same, err2 := again.Eval(everything{v})
			if !reflect.DeepEqual(got, same) || (err1 == nil) != (err2 == nil) {
				t.Fatalf("%q gives %#v, %v; %q gives %#v, %v", s, got, err1, spelt(e), same, err2)
			}
		}
		got, err := e.Eval(everything{value.Hidden("pw")})
		if _, hidden := got.(value.Hidden); err == nil && hidden != (len(e.Refs()) > 0) {
			t.Fatalf("%q with secrets gives %#v", s, got)
		}
		literal, ok := e.Literal()
		if ok != (len(e.Refs()) == 0) || ok && literal != strings.ReplaceAll(s, "$$", "$") {
			t.Fatalf("%q is the literal %#v, %v", s, literal, ok)
		}
	})
}

// misplaced fails if an error does not point at a dollar sign, or at all of a text that is too long.
func misplaced(t *testing.T, s string, err error) {
	t.Helper()
	many, ok := err.(interface{ Unwrap() []error })
	if !ok {
		if len(s) <= value.MaxText {
			t.Fatalf("%q: %v", s, err)
		}
		return
	}
	for _, one := range many.Unwrap() {
		var e *SyntaxError
		if !errors.As(one, &e) || e.Offset >= len(s) || s[e.Offset] != '$' || e.Fault.Hint == "" || e.Pos.Col < 10 {
			t.Fatalf("%q: %#v", s, one)
		}
	}
}

// spelt writes an expression with every reference in parentheses.
func spelt(e Expr) string {
	var b strings.Builder
	if literal, ok := e.literal.(string); ok {
		b.WriteString(strings.ReplaceAll(literal, "$", "$$"))
	}
	for _, p := range e.parts {
		if p.name != "" {
			b.WriteString("$(" + p.name + ")")
		} else {
			b.WriteString(strings.ReplaceAll(p.text, "$", "$$"))
		}
	}
	return b.String()
}

func names(e Expr) []string {
	var out []string
	for _, r := range e.Refs() {
		out = append(out, r.Name)
	}
	return out
}

// FuzzDefine reads any parameter. What has no error has a sound constraint, a default that binds, and a schema.
func FuzzDefine(f *testing.F) {
	for _, s := range []string{
		"string", "{type: int, default: 5, min: 1, max: 9}", "{type: enum, of: [a, b], default: a}", "{type: list, item: {type: size}}",
		"{type: codec, default: opus}", "{type: secret, default: $env.X}", "{type: string, pattern: '[a-z]+', example: a}", "[int]", "~",
		"{type: list, item: {type: list, item: {type: int, max: 5}}, default: [[1]]}", "{type: map, default: {a: [1, $b]}}", "{min: 5}",
		"{type: duration, min: -1s, max: 2562047h, default: 0}", "{type: fraction, max: 60, default: 30000/1001}", "{type: 5, of: []}",
		"{type: bitrate, default: 1.5, example: [x]}", "{type: string, default: '${x}', defualt: y}", "{type: size, min: 0x0}",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		graphs, _ := spec.Parse("f.yaml", "f", []byte(header+"      p: "+s+"\n"))
		if len(graphs) != 1 || len(graphs[0].Nodes) != 1 {
			return
		}
		g := &spec.Graph{}
		for _, e := range graphs[0].Nodes[0].Set {
			g.Params = append(g.Params, spec.Param{Name: e.Key, Body: e.Value})
		}
		var r spec.Report
		defs := Define(g, &r, WithCodecs([]string{"opus", "h264"}))
		values, errs := Bind(defs, nil, everything{"x"})
		_ = Schema("f", defs)
		for _, err := range errs {
			if fault.CodeOf(err) != fault.InvalidParams {
				t.Fatalf("%q: %#v", s, err)
			}
		}
		if r.Failed() {
			return
		}
		for _, d := range defs {
			sound(t, d, values, errs)
		}
	})
}

func sound(t *testing.T, d Def, values Values, errs []error) {
	t.Helper()
	if err := d.Constraint.Validate(); err != nil {
		t.Fatalf("%+v: %v", d, err)
	}
	if d.Example != "" {
		if _, err := d.Constraint.Parse(d.Example); err != nil {
			t.Fatalf("%+v: %v", d, err)
		}
	}
	if d.Default == nil || len(d.Default.Refs()) > 0 {
		return
	}
	if v, ok := values[d.Name]; !ok || v == nil {
		t.Fatalf("%+v: the default does not bind: %v", d, errs)
	}
}
