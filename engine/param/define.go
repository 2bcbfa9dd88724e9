package param

import (
	"slices"

	"sluice/engine/spec"
	"sluice/engine/value"
)

// Option changes what Define checks.
type Option func(*definer)

// WithCodecs names the codecs there are; values of type codec must then be among them. Without it any name will do.
func WithCodecs(names []string) Option {
	return func(d *definer) { d.codecs = slices.Clone(names) }
}

// Define reads a graph's parameters. The short form of each is the name of a type, the long form a map of type, default,
// min, max, of, pattern, item, example and about. All that is wrong goes to the report; a parameter with an error is still
// listed, so that references to it are known.
func Define(g *spec.Graph, r *spec.Report, options ...Option) []Def {
	d := definer{report: r}
	for _, o := range options {
		o(&d)
	}
	for i := range g.Params {
		d.later = append(d.later, g.Params[i].Name.Text)
	}
	defs := make([]Def, 0, len(g.Params))
	for _, p := range g.Params {
		defs = append(defs, d.define(p))
		d.later = d.later[1:]
	}
	return defs
}

type definer struct {
	report *spec.Report
	codecs []string
	later  []string // the parameter being read and those after it
}

// define reads one parameter.
func (d *definer) define(p spec.Param) Def {
	def := Def{Name: p.Name.Text, Pos: p.Name.Pos}
	c, sound := d.constraint(p.Body, append(keys(), "default", "example", "about"))
	def.Constraint = c
	if v, ok := p.Body.Get("about"); ok {
		def.About, _ = d.word(v, "about")
	}
	if v, ok := p.Body.Get("default"); ok {
		def.Default = d.defaulted(def, v, sound)
	}
	if v, ok := p.Body.Get("example"); ok {
		def.Example = d.example(def, v, sound)
	}
	return def
}

// word reads a key whose value is text.
func (d *definer) word(v spec.Value, key string) (string, bool) {
	if v.Kind == spec.List || v.Kind == spec.Map || v.Kind == spec.Null {
		d.report.Errorf(v.Pos, spec.CodeWrongKind, "%q must be text", key)
		return "", false
	}
	return v.Text, true
}

// defaulted reads a default. One with references is checked when it is used, but what it may refer to is checked now.
func (d *definer) defaulted(def Def, v spec.Value, sound bool) *Expr {
	e, err := ParseExpr(v)
	if err != nil {
		Explain(d.report, err)
		return &e
	}
	for _, ref := range e.Refs() {
		switch {
		case ref.Name == def.Name:
			d.report.Errorf(ref.Pos, CodeBadDefault, "the default of %q refers to itself", def.Name)
		case slices.Contains(d.later, ref.Name):
			d.report.Errorf(ref.Pos, CodeBadDefault, "the default of %q refers to %q, which is defined after it", def.Name, ref.Name).
				Advise("define %q before %q", ref.Name, def.Name)
		}
	}
	literal, ok := e.Literal()
	switch {
	case !ok || !sound:
	case literal == nil:
		d.report.Errorf(v.Pos, CodeBadDefault, "the default of %q is empty", def.Name).
			Advise(`leave "default" out if the parameter is required, or write "" for empty text`)
	default:
		d.suits(def, v.Pos, literal, CodeBadDefault, "default")
	}
	return &e
}

// example reads an example, and checks it: people will copy it. References have no place in it, a "$" is a "$".
func (d *definer) example(def Def, v spec.Value, sound bool) string {
	if v.Kind != spec.List && v.Kind != spec.Map {
		text, ok := d.word(v, "example")
		if ok && sound {
			d.suits(def, v.Pos, text, CodeBadConstraint, "example")
		}
		return text
	}
	e, err := ParseExpr(v)
	if err != nil {
		Explain(d.report, err)
		return ""
	}
	literal, ok := e.Literal()
	switch {
	case !ok:
		d.report.Errorf(v.Pos, CodeBadConstraint, "the example of %q refers to other values", def.Name)
	case sound:
		d.suits(def, v.Pos, literal, CodeBadConstraint, "example")
	}
	return value.Text(literal)
}

// suits reports a literal that the parameter itself would refuse.
func (d *definer) suits(def Def, pos spec.Pos, literal any, code, what string) {
	if _, err := def.Constraint.Accept(literal); err != nil {
		f := explained(def.Constraint, literal, err)
		d.report.Errorf(pos, code, "the %s of %q: %s", what, def.Name, f.Msg).Advise("%s", f.Hint)
	}
}
