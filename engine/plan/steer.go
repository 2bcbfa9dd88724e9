package plan

import (
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/fault"
)

// Steer turns an action of a node into the fields that it changes; nil if the node is not there, or its action is none of that
// kind. The place of an error is the node.
func (t *Template) Steer(in Inputs, name, action string, args []Setting) (map[string]any, error) {
	r, err := t.begun(in)
	if err != nil {
		return nil, err
	}
	for _, step := range []func() error{r.knowSet, r.placeFallbacks, r.order, r.wire} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	n := r.byName[name]
	if n == nil || n.spec == nil {
		return nil, nil
	}
	b, _ := t.reg.Builder(n.spec.Name)
	steered, ok := b.(element.Steered)
	at := slices.IndexFunc(n.spec.Actions, func(a element.Action) bool { return a.Name == action })
	if !ok || at < 0 {
		return nil, nil
	}
	conf, err := r.arguments(n, n.spec.Actions[at], args)
	if err != nil {
		return nil, err
	}
	fields, err := steered.Steer(action, conf, n.conf, r.keysOf(n))
	if err != nil {
		return nil, r.wrong(fault.CodeOf(err), name, "%s", message(err)).Advise("%s", hint(err))
	}
	return fields, nil
}

// arguments types what an action is given, and adds the defaults of what it is not given.
func (r *resolver) arguments(n *node, a element.Action, args []Setting) (element.Conf, error) {
	out := element.Conf{}
	for _, f := range a.Args {
		if f.Default != nil {
			out[f.Name] = f.Default
		}
		i := slices.IndexFunc(args, func(s Setting) bool { return s.Name == f.Name })
		if i < 0 {
			if f.Required {
				return nil, r.wrong(fault.InvalidParams, n.name, "%q needs %q", a.Name, f.Name)
			}
			continue
		}
		v, err := f.Constraint.Accept(args[i].Reveal())
		if err != nil {
			return nil, r.wrong(fault.InvalidParams, n.name, "%s: %v", f.Name, err)
		}
		out[f.Name] = v
	}
	return out, nil
}

// keysOf are those of the node's inputs, and those that have nothing to bring, sorted, each once.
func (r *resolver) keysOf(n *node) []string {
	out := r.absentKeys(n)
	for _, w := range n.ins {
		if k := branchKey(w.from, n); k != "" && !strings.HasPrefix(k, "{") && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// hint is what a fault advises.
func hint(err error) string {
	if f, ok := err.(*fault.Fault); ok { //nolint:errorlint // only the outermost fault's own words
		return f.Hint
	}
	return ""
}
