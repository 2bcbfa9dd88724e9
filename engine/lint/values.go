package lint

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"sluice/engine/caps"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/param"
	"sluice/engine/spec"
	"sluice/engine/value"
)

// setting says what a value is for.
type setting struct {
	what  string // how messages call it
	code  string // of a wrong value
	field string // of an element's field
	node  *node  // whose own names it sees; may be nil
	start *start // the only route whose names it sees; nil for all
}

// value checks a value against a type: a literal exactly, references by the types of what they refer to.
func (g *graph) value(v spec.Value, want value.Constraint, s setting) {
	if !v.Set() {
		return
	}
	e, err := param.ParseExpr(v)
	if err != nil {
		param.Explain(&g.report, err)
		return
	}
	g.expr(e, v, want, s)
}

func (g *graph) expr(e param.Expr, v spec.Value, want value.Constraint, s setting) {
	want = withCodecs(want)
	g.secrets(v, want, s)
	if literal, ok := e.Literal(); ok {
		g.literal(literal, v, want, s)
		return
	}
	names, known := g.resolve(e.Refs(), s)
	if !known {
		return
	}
	if refs := e.Refs(); v.Kind == spec.String && len(refs) == 1 && isReference(v.Text, refs[0].Name) {
		g.reference(refs[0], names[refs[0].Name], want, s)
		return
	}
	g.mixture(e, names, v, want, s)
}

// isReference tells whether a text is one reference and nothing else.
func isReference(text, name string) bool { return text == "$"+name || text == "$("+name+")" }

// literal checks a value without references.
func (g *graph) literal(literal any, v spec.Value, want value.Constraint, s setting) {
	if literal == nil {
		g.at(v.Pos, s.code, "%s is empty", s.what).Advise(`write a value, or "" for empty text, or leave it out`)
		return
	}
	if want.Type == value.Caps {
		g.capsText(spec.Text{Text: v.Text, Pos: v.Pos}, v.Text, s)
		return
	}
	if v.Kind == spec.Int && want.Type == value.Int {
		literal = v.Text // a number too large for an int is repeated as written, not as the float that is nearest
	}
	if _, err := want.Accept(literal); err != nil {
		f := asFault(err)
		if v.Kind == spec.String && uncounted(want, v.Text) {
			g.mismatch(v.Pos, s, short(v.Text))
			return
		}
		d := g.at(placeIn(v, f.Place), s.code, "%s: %s", s.what, f.Msg)
		if d.Hint = f.Hint; v.Kind < spec.List {
			if found, ok := g.nearest(v.Text, wordsOf(want)); ok {
				d.Advise("did you mean %q?", found)
			}
		}
	}
}

func wordsOf(c value.Constraint) []string {
	if len(c.Of) == 0 && c.Item != nil {
		return c.Item.Of
	}
	return c.Of
}

// placeIn finds the item or entry that an error is about.
func placeIn(v spec.Value, pointer string) spec.Pos {
	step, rest, _ := strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
	for i, item := range v.Items {
		if step == value.Text(int64(i)) {
			return placeIn(item, rest)
		}
	}
	if item, ok := v.Get(step); ok {
		return placeIn(item, rest)
	}
	return v.Pos
}

// reference checks one reference by what it may turn out to be.
func (g *graph) reference(r param.Ref, m meaning, want value.Constraint, s setting) {
	if m.open || m.want.Type == want.Type && len(want.Of) == 0 && m.def == nil {
		return
	}
	bare := want
	bare.Min, bare.Max, bare.Of, bare.Pattern = nil, nil, nil, ""
	if m.want.Type != value.String {
		if _, err := bare.Accept(sample(m.want)); err != nil {
			if quantity(m.want.Type) && plainNumber(want) {
				g.mismatch(r.Pos, s, "$"+r.Name)
				return
			}
			g.at(r.Pos, s.code, "%s: $%s is %s; %s is wanted", s.what, r.Name, noun(m.want.Type), noun(want.Type)).
				Advise("give the parameter another type, or use another one")
			return
		}
	}
	for _, v := range certain(m) {
		if _, err := want.Accept(v); err != nil {
			f := asFault(err)
			g.at(r.Pos, s.code, "%s: $%s may be %s: %s", s.what, r.Name, value.Text(v), f.Msg).Hint = f.Hint
			return
		}
	}
}

// certain lists values that a reference is meant to be able to have: the default, and the words of an enum.
func certain(m meaning) []any {
	var out []any
	if m.want.Type == value.Enum {
		for _, w := range m.want.Of {
			out = append(out, w)
		}
	}
	if m.def != nil && m.def.Default != nil {
		if v, ok := m.def.Default.Literal(); ok && v != nil {
			if v, err := m.want.Accept(v); err == nil {
				out = append(out, v)
			}
		}
	}
	return out
}

// mixture checks text with references in it, by putting samples in their place.
func (g *graph) mixture(e param.Expr, names map[string]meaning, v spec.Value, want value.Constraint, s setting) {
	scope := param.Values{}
	open := false
	for name, m := range names {
		scope[name] = sample(m.want)
		if m.open || m.want.Type == value.String {
			scope[name], open = "x", true
		}
	}
	got, err := e.Eval(scope)
	if err != nil {
		return // the text is too long, which depends on what comes
	}
	text, isText := got.(string)
	switch {
	case want.Type == value.Caps && isText:
		g.capsText(spec.Text{Text: v.Text, Pos: v.Pos}, text, s)
	case open && !isTextual(want.Type):
	default:
		want.Min, want.Max, want.Of, want.Pattern = nil, nil, nil, ""
		if _, err := want.Accept(got); err != nil {
			f := asFault(err)
			g.at(v.Pos, s.code, "%s: %s", s.what, f.Msg).Hint = f.Hint
		}
	}
}

// capsText checks caps. text is what was written, with samples in place of its references.
func (g *graph) capsText(written spec.Text, text string, s setting) {
	_, err := caps.Parse(text)
	var syntax *caps.SyntaxError
	if !errors.As(err, &syntax) {
		return
	}
	pos := written.Pos
	if text == written.Text && !strings.Contains(text, "\n") && syntax.Offset <= len(text) {
		pos.Col += utf8.RuneCountInString(text[:syntax.Offset])
	}
	f := asFault(err)
	g.at(pos, "bad_caps", "%s: %s", s.what, f.Msg).Hint = f.Hint
}

// text checks a piece of text as a value of a type.
func (g *graph) text(t spec.Text, want value.Constraint, s setting) {
	g.value(spec.Value{Kind: spec.String, Text: t.Text, Pos: t.Pos}, want, s)
}

// mismatch reports a quantity given to a number whose unit nobody knows.
func (g *graph) mismatch(pos spec.Pos, s setting, what string) {
	g.at(pos, "unit_mismatch", "%s is a plain number, and nothing says in which unit; %s is a quantity", s.what, what).
		Advise(`write the number the element wants; "sluice elements" shows its description`)
}

// uncounted tells whether text is a quantity where a number without a unit is wanted.
func uncounted(want value.Constraint, text string) bool {
	if !plainNumber(want) {
		return false
	}
	for _, t := range []value.Type{value.Bitrate, value.Duration} {
		if _, err := (value.Constraint{Type: t}).Parse(text); err == nil {
			return true
		}
	}
	return false
}

func plainNumber(c value.Constraint) bool {
	return (c.Type == value.Int || c.Type == value.Float) && c.Unit == value.UnitNone
}

func quantity(t value.Type) bool {
	return t == value.Bitrate || t == value.Duration || t == value.Bytes
}

func isTextual(t value.Type) bool {
	switch t {
	case value.String, value.URI, value.File, value.Secret, value.Structure:
		return true
	}
	return false
}

// sample is a value of a type, for want of a real one.
func sample(c value.Constraint) any {
	switch {
	case len(c.Of) > 0 && c.Type != value.List:
		return c.Of[0]
	case c.Min != nil:
		return c.Min
	case c.Max != nil:
		return c.Max
	}
	for _, t := range value.Types() {
		if t.Type == c.Type {
			if v, err := (value.Constraint{Type: c.Type, Item: c.Item}).Parse(t.Example); err == nil {
				return v
			}
		}
	}
	return "1"
}

// withCodecs adds the codecs there are to a type that would take any word for one.
func withCodecs(c value.Constraint) value.Constraint {
	if c.Type == value.Codec && len(c.Of) == 0 {
		c.Of = codecNames()
	}
	if c.Item != nil {
		item := withCodecs(*c.Item)
		c.Item = &item
	}
	return c
}

func codecNames() []string {
	var out []string
	for _, i := range media.Codecs() {
		out = append(out, string(i.Codec))
	}
	return out
}

// noun is a type as it reads in a sentence.
func noun(t value.Type) string {
	switch t {
	case value.Int, value.Enum:
		return "an " + string(t)
	case value.Bytes:
		return "an amount of bytes"
	case value.Caps:
		return "caps"
	}
	return "a " + string(t)
}

// asFault gives the fault that the errors of value, caps and param are.
func asFault(err error) *fault.Fault {
	var f *fault.Fault
	if !errors.As(err, &f) {
		f = fault.New(fault.InvalidParams, "", "%s", err.Error())
	}
	return f
}

func capsType() value.Constraint { return value.Constraint{Type: value.Caps} }

// duration is a time that has a least value: zero, or soonest where no time at all would make no sense.
func duration(least time.Duration) value.Constraint {
	return value.Constraint{Type: value.Duration, Min: least}
}

const soonest = time.Millisecond
