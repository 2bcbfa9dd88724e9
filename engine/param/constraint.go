package param

import (
	"errors"
	"slices"
	"strings"

	"sluice/engine/fault"
	"sluice/engine/spec"
	"sluice/engine/value"
)

// keys are the keys that a constraint has wherever it stands, under a parameter or under item.
func keys() []string { return []string{"type", "min", "max", "of", "pattern", "item"} }

// constraint reads a type in its short or long form; sound tells whether nothing was wrong with it.
func (d *definer) constraint(v spec.Value, allowed []string) (c value.Constraint, sound bool) {
	if v.Kind != spec.Map {
		c.Type, sound = d.typeNamed(v)
		return d.finish(c, v, sound)
	}
	for _, e := range v.Entries {
		if !slices.Contains(allowed, e.Key.Text) {
			d.unknownKey(e.Key, allowed)
		}
	}
	named, ok := v.Get("type")
	if !ok {
		d.report.Errorf(v.Pos, spec.CodeMissingKey, `"type" is missing`).Advise("write for example type: int")
		return c, false
	}
	if c.Type, ok = d.typeNamed(named); !ok {
		return c, false
	}
	sound = true
	for _, e := range v.Entries {
		sound = d.limit(&c, e) && sound
	}
	return d.finish(c, v, sound)
}

// limit reads one key of a constraint's long form.
func (d *definer) limit(c *value.Constraint, e spec.Entry) (ok bool) {
	switch v := e.Value; e.Key.Text {
	case "min":
		c.Min, ok = d.bound(c.Type, v, "min")
	case "max":
		c.Max, ok = d.bound(c.Type, v, "max")
	case "of":
		c.Of, ok = d.words(v)
	case "pattern":
		c.Pattern, ok = d.word(v, "pattern")
	case "item":
		item, sound := d.constraint(v, keys())
		c.Item, ok = &item, sound
	default:
		return true
	}
	return ok
}

// finish adds the codecs to a constraint whose keys are sound and checks it as a whole.
func (d *definer) finish(c value.Constraint, v spec.Value, sound bool) (value.Constraint, bool) {
	if !sound {
		return c, false
	}
	if c.Type == value.Codec && len(d.codecs) > 0 {
		if !d.knownCodecs(c.Of, v) {
			return c, false
		}
		if len(c.Of) == 0 {
			c.Of = d.codecs
		}
	}
	err := c.Validate()
	if err == nil {
		return c, true
	}
	var many interface{ Unwrap() []error }
	if errors.As(err, &many) {
		for _, one := range many.Unwrap() {
			f := asFault(one)
			d.report.Errorf(posOf(v, f.Place), CodeBadConstraint, "%s", reason(f)).Advise("%s", f.Hint)
		}
	}
	return c, false
}

// reason is a fault's message with its cause.
func reason(f *fault.Fault) string {
	if f.Cause == nil {
		return f.Msg
	}
	return f.Msg + ": " + f.Cause.Error()
}

// posOf finds the place of a constraint's key; of the constraint if it was not written.
func posOf(v spec.Value, key string) spec.Pos {
	if at, ok := v.Get(key); ok {
		return at.Pos
	}
	return v.Pos
}

// typeNamed reads the name of a type.
func (d *definer) typeNamed(v spec.Value) (value.Type, bool) {
	name, ok := d.word(v, "type")
	if !ok {
		return "", false
	}
	names := make([]string, 0, 16)
	for _, i := range value.Types() {
		if string(i.Type) == name {
			return i.Type, true
		}
		names = append(names, string(i.Type))
	}
	diagnostic := d.report.Errorf(v.Pos, CodeUnknownType, "there is no type %q", short(name))
	if near, ok := meant(name, names); ok {
		diagnostic.Advise("did you mean %q?", near)
	} else {
		diagnostic.Advise("the types are %s", strings.Join(names, ", "))
	}
	return "", false
}

// meant finds the type that other languages call by this name, or else the one that is spelt nearly so.
func meant(name string, names []string) (string, bool) {
	switch strings.ToLower(name) {
	case "integer", "long", "uint", "int64":
		return string(value.Int), true
	case "boolean", "flag":
		return string(value.Bool), true
	case "number", "double", "real":
		return string(value.Float), true
	case "text", "str":
		return string(value.String), true
	case "time", "interval", "seconds":
		return string(value.Duration), true
	case "url", "address":
		return string(value.URI), true
	case "path", "filename":
		return string(value.File), true
	case "password", "token":
		return string(value.Secret), true
	case "array":
		return string(value.List), true
	case "object", "dict":
		return string(value.Map), true
	case "resolution":
		return string(value.Size), true
	case "choice":
		return string(value.Enum), true
	}
	return spec.Nearest(name, names)
}

// bound reads min or max, a value of the parameter's own type.
func (d *definer) bound(t value.Type, v spec.Value, key string) (any, bool) {
	e, err := ParseExpr(v)
	if err != nil {
		Explain(d.report, err)
		return nil, false
	}
	literal, ok := e.Literal()
	switch {
	case !ok:
		d.report.Errorf(v.Pos, CodeBadConstraint, "%q cannot refer to other values", key)
		return nil, false
	case !t.Ordered():
		return literal, true // for Validate to refuse
	}
	got, err := value.Constraint{Type: t}.Accept(literal)
	if err != nil {
		f := asFault(err)
		d.report.Errorf(v.Pos, CodeBadConstraint, "%q: %s", key, f.Msg).Advise("%s", f.Hint)
		return nil, false
	}
	return got, true
}

// words reads of.
func (d *definer) words(v spec.Value) ([]string, bool) {
	if v.Kind != spec.List {
		d.report.Errorf(v.Pos, spec.CodeWrongKind, `"of" must be a list`).Advise("as in [grid, speaker]")
		return nil, false
	}
	out := make([]string, 0, len(v.Items))
	for _, item := range v.Items {
		w, ok := d.word(item, "of")
		if !ok {
			return nil, false
		}
		out = append(out, w)
	}
	return out, true
}

// knownCodecs reports words of of that are no codecs.
func (d *definer) knownCodecs(of []string, v spec.Value) bool {
	ok := true
	for i, w := range of {
		if slices.Contains(d.codecs, w) {
			continue
		}
		ok = false
		at, _ := v.Get("of")
		diagnostic := d.report.Errorf(at.Items[i].Pos, CodeBadConstraint, "there is no codec %q", short(w))
		if near, found := spec.Nearest(w, d.codecs); found {
			diagnostic.Advise("did you mean %q?", near)
		} else {
			diagnostic.Advise("the codecs are %s", strings.Join(d.codecs, ", "))
		}
	}
	return ok
}

// unknownKey reports a key that a constraint does not have.
func (d *definer) unknownKey(key spec.Text, allowed []string) {
	diagnostic := d.report.Errorf(key.Pos, spec.CodeUnknownKey, "there is no key %q here", short(key.Text))
	if near, ok := spec.Nearest(key.Text, allowed); ok {
		diagnostic.Advise("did you mean %q?", near)
	} else {
		diagnostic.Advise("the keys are %s", strings.Join(allowed, ", "))
	}
}
