package value

import (
	"errors"
	"reflect"
	"slices"

	"sluice/engine/fault"
)

// Validate checks the constraint itself: that its type exists, that its limits fit the type and each other, that its
// pattern compiles. All that is wrong is in the error, joined; each part is a *fault.Fault with the code lint_failed whose
// Place is the constraint's key ("min", "item/max").
func (c Constraint) Validate() error { return errors.Join(c.problems(maxDepth)...) }

func (c Constraint) problems(depth int) []error {
	if !c.Type.known() {
		return []error{wrong("type", "there is no type %q", string(c.Type))}
	}
	list := slices.Concat(c.rangeProblems(), c.wordProblems())
	if c.Unit != UnitNone {
		if c.Type != Int && c.Type != Float {
			list = append(list, wrong("unit", "%s has no unit of its own; only int and float have", c.Type.noun()))
		}
		if c.Unit.counts() == "" {
			list = append(list, wrong("unit", "there is no unit %q", string(c.Unit)))
		}
	}
	if c.Item == nil {
		return list
	}
	if c.Type != List {
		return append(list, wrong("item", "%s has no items; only a list has", c.Type.noun()))
	}
	if depth == 0 {
		return append(list, wrong("item", "lists are nested deeper than %d levels", maxDepth))
	}
	for _, err := range c.Item.problems(depth - 1) {
		f := *asFault(err)
		f.Place = "item/" + f.Place
		list = append(list, &f)
	}
	return list
}

// rangeProblems looks at Min and Max.
func (c Constraint) rangeProblems() []error {
	var list []error
	bare := Constraint{Type: c.Type}
	sample, _ := scan(c.Type, bare.example()) // for its Go type; nil if the type is not ordered
	for _, limit := range []struct {
		key string
		v   any
	}{{"min", c.Min}, {"max", c.Max}} {
		switch {
		case limit.v == nil:
		case !c.Type.Ordered():
			list = append(list, wrong(limit.key, "%s has no %s", c.Type.noun(), limit.key))
		case reflect.TypeOf(limit.v) != reflect.TypeOf(sample) || !sound(limit.v):
			list = append(list, wrong(limit.key, "%s is a Go %T; a possible %s, a %T, is wanted",
				bare.showValue(limit.v), limit.v, c.Type, sample))
		}
	}
	if len(list) == 0 && c.Min != nil && c.Max != nil && below(c.Max, c.Min) {
		list = append(list, wrong("max", "max %s is below min %s", Text(c.Max), Text(c.Min)))
	}
	return list
}

// wordProblems looks at Of and Pattern.
func (c Constraint) wordProblems() []error {
	var list []error
	add := func(format string, args ...any) { list = append(list, wrong("of", format, args...)) }
	switch {
	case c.Type == Enum && len(c.Of) == 0:
		add("an enum needs of, the words to choose from")
	case len(c.Of) > 0 && c.Type != Enum && c.Type != String && c.Type != List && c.Type != Codec:
		add("%s cannot be one of a few words; an enum can", c.Type.noun())
	}
	for i, word := range c.Of {
		switch {
		case word == "" || legible(word, exhibit{}) != nil:
			add("word %d of of cannot be written", i+1)
		case slices.Contains(c.Of[:i], word):
			add("%q is twice in of", word)
		}
	}
	if err := c.patternProblem(); err != nil {
		list = append(list, err)
	}
	return list
}

// patternProblem tells what is wrong with Pattern; nil if there is none.
func (c Constraint) patternProblem() error {
	if c.Pattern == "" {
		return nil
	}
	switch c.Type {
	case String, URI, File, Secret, Codec:
		if _, err := compile(c.Pattern); err != nil {
			f := asFault(err)
			return wrong("pattern", "%s", f.Msg).Because(f.Cause).Advise("%s", f.Hint)
		}
		return nil
	default:
		return wrong("pattern", "%s cannot have a pattern", c.Type.noun())
	}
}

// wrong makes one problem of a constraint.
func wrong(key, format string, args ...any) *fault.Fault {
	return fault.New(fault.LintFailed, key, format, args...)
}

// asFault gives the fault that every error of this package is.
func asFault(err error) *fault.Fault {
	var f *fault.Fault
	if !errors.As(err, &f) {
		f = wrong("", "%s", err.Error())
	}
	return f
}
