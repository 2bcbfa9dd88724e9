package param

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sluice/engine/fault"
	"sluice/engine/spec"
	"sluice/engine/value"
)

// maxUnknown is how many names that no parameter has Bind reports one by one.
const maxUnknown = 20

// Bind checks what a caller gives, typed or as JSON has it, against the definitions and fills in the defaults, in the
// order defined; a default may refer to outer and to parameters before it. nil counts as not given. outer may be nil.
//
// All errors are returned, each a *fault.Fault with the code invalid_params whose Place is a JSON pointer, "/params/width";
// what only follows from another error is left out. Values holds the parameters without an error; one whose default is a
// reference to something without a value is nil there.
func Bind(defs []Def, given map[string]any, outer Scope) (Values, []error) {
	b := binder{values: make(Values, len(defs)), failed: map[string]bool{}}
	b.scope = Chain(b.values, outer)
	for _, d := range defs {
		if v := given[d.Name]; v != nil {
			b.accept(d, v, "")
		} else {
			b.fill(d)
		}
	}
	b.unknown(defs, given)
	return b.values, b.errs
}

type binder struct {
	values Values
	scope  Scope
	failed map[string]bool
	errs   []error
}

// accept takes a value for a parameter. whence comes before what is wrong with it.
func (b *binder) accept(d Def, v any, whence string) {
	got, err := d.Constraint.Accept(v)
	if err != nil {
		b.fail(d, whence, explained(d.Constraint, v, err))
		return
	}
	b.values[d.Name] = got
}

// fill gives a parameter its default.
func (b *binder) fill(d Def) {
	if d.Required() {
		b.fail(d, "", fault.New(fault.InvalidParams, "", "is required").Advise("give it %s", d.wanted()))
		return
	}
	for _, r := range d.Default.Refs() {
		if b.failed[r.Name] {
			b.failed[d.Name] = true
			return
		}
	}
	switch v, err := d.Default.Eval(b.scope); {
	case err != nil:
		b.fail(d, "was not given, and its default cannot be made: ", asFault(err))
	case v == nil:
		b.values[d.Name] = nil
	default:
		b.accept(d, v, "was not given, and its default is refused: ")
	}
}

// wanted says what to give for a parameter.
func (d Def) wanted() string {
	if d.Example != "" && d.Constraint.Type != value.Secret {
		return "a value of type " + string(d.Constraint.Type) + ", for example " + d.Example
	}
	return "a value of type " + string(d.Constraint.Type)
}

// fail notes an error of a parameter. The fault's message lacks the name, its place is one inside the value.
func (b *binder) fail(d Def, whence string, f *fault.Fault) {
	b.failed[d.Name] = true
	g := *f
	g.Place = pointer(d.Name) + f.Place
	g.Msg = d.Name + " " + whence + f.Msg
	b.errs = append(b.errs, &g)
}

// unknown reports what is given but not defined.
func (b *binder) unknown(defs []Def, given map[string]any) {
	names := make([]string, 0, len(defs))
	for _, d := range defs {
		names = append(names, d.Name)
	}
	left := maxUnknown
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if slices.Contains(names, name) {
			continue
		}
		if left == 0 {
			b.errs = append(b.errs, fault.New(fault.InvalidParams, "/params", "more unknown parameters are not listed"))
			return
		}
		left--
		f := fault.New(fault.InvalidParams, pointer(short(name)), "there is no parameter %q", short(name))
		switch near, ok := spec.Nearest(name, names); {
		case ok:
			f = f.Advise("did you mean %q?", near)
		case len(names) > 0:
			f = f.Advise("the parameters are %s", strings.Join(names, ", "))
		default:
			f = f.Advise("there are no parameters")
		}
		b.errs = append(b.errs, f)
	}
}

// explained adds to a refusal by a constraint the word that was probably meant.
func explained(c value.Constraint, v any, err error) *fault.Fault {
	f := asFault(err)
	if items, ok := v.([]any); ok {
		if i, convErr := strconv.Atoi(strings.TrimPrefix(f.Place, "/")); convErr == nil && i < len(items) {
			v = items[i]
		}
		if c.Item != nil && len(c.Of) == 0 {
			c = *c.Item
		}
	}
	word, ok := v.(string)
	if !ok {
		return f
	}
	if near, ok := spec.Nearest(word, c.Of); ok {
		return f.Advise("did you mean %q?", near)
	}
	return f
}

// asFault gives the fault that every error of value and Eval is.
func asFault(err error) *fault.Fault {
	var f *fault.Fault
	if !errors.As(err, &f) {
		f = fault.New(fault.InvalidParams, "", "%s", err.Error())
	}
	return f
}

// pointer is the JSON pointer (RFC 6901) of a parameter in a request.
func pointer(name string) string {
	return "/params/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

// short cuts a name that a caller made up.
func short(name string) string {
	const most = 64
	if len(name) <= most {
		return name
	}
	return strings.ToValidUTF8(name[:most], "") + "…"
}
