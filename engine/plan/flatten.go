package plan

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/param"
	"sluice/engine/value"
)

// inherit is what the use of a fragment hands down to the nodes of the fragment.
type inherit struct {
	keyNode, key string
	onError      string
	linger       Span
	lazy         bool
	unit         string // the node that is lazy, or may fail alone
}

// scopeEnds remembers, while a module is instantiated, where its nodes and exports are.
type scopeEnds map[string][]instance

// instance is one copy of a node: an element has one, a fragment one for each item or key.
type instance struct {
	label   string // item or key; "" if the node is not repeated
	node    *node
	exports map[string]target
}

// target is a pad of a flattened node.
type target struct {
	node *node
	pad  string
}

// instantiate flattens a module into r.nodes and r.edges.
func (r *resolver) instantiate(m *module, prefix string, scope param.Scope, down inherit) error {
	_, err := r.module(m, prefix, scope, down)
	return err
}

func (r *resolver) module(m *module, prefix string, scope param.Scope, down inherit) (scopeEnds, error) {
	ends := scopeEnds{}
	for _, s := range m.stmts {
		list, err := r.stmt(s, prefix, scope, down)
		if err != nil {
			return nil, err
		}
		ends[s.name] = list
	}
	for i := range m.edges {
		if err := r.edge(&m.edges[i], ends, scope); err != nil {
			return nil, err
		}
	}
	return ends, nil
}

func (r *resolver) stmt(s *stmt, prefix string, scope param.Scope, down inherit) ([]instance, error) {
	if s.use == nil {
		n, err := r.element(s, prefix+s.name, scope, down)
		return []instance{{node: n}}, err
	}
	copies, err := r.copies(s, prefix+s.name, scope)
	if err != nil {
		return nil, err
	}
	own, err := r.handDown(s, prefix+s.name, scope, down)
	if err != nil {
		return nil, err
	}
	var out []instance
	for _, c := range copies {
		name := prefix + s.name
		below := own
		if s.each != nil {
			name += "[" + c.label + "]"
			if below.unit == prefix+s.name {
				below.unit = name
			}
		}
		if c.keyed {
			below.keyNode, below.key = prefix+s.name, c.label
		}
		vals, err := r.fragmentParams(s, name, param.Chain(c.scope, scope), c.params)
		if err != nil {
			return nil, err
		}
		ends, err := r.module(s.use, name+"/", param.Chain(vals, r.outer), below)
		if err != nil {
			return nil, err
		}
		inst := instance{label: c.label, exports: map[string]target{}}
		for _, x := range s.use.exports {
			if at := ends[x.Node]; len(at) == 1 && at[0].node != nil {
				inst.exports[x.Name.Text] = target{at[0].node, x.Pad}
			} else if len(at) == 1 {
				inst.exports[x.Name.Text] = at[0].exports[x.Pad]
			}
		}
		out = append(out, inst)
	}
	return out, nil
}

// repeat is one copy to make of a fragment.
type repeat struct {
	label  string
	keyed  bool
	scope  param.Values
	params map[string]any
}

var plainKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

var plainLabel = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,31}$`)

// copies lists the instances of a fragment.
func (r *resolver) copies(s *stmt, name string, scope param.Scope) ([]repeat, error) {
	switch {
	case s.each == nil:
		return []repeat{{scope: param.Values{}}}, nil
	case s.each.list != nil:
		v, err := typed(s.each.list, value.List, scope)
		if err != nil {
			return nil, r.wrong(fault.InvalidParams, name, "each: %v", err)
		}
		items, _ := v.([]any)
		var out []repeat
		for i, item := range items {
			label := strconv.Itoa(i)
			if text, ok := item.(string); ok && plainLabel.MatchString(text) {
				label = text
			}
			out = append(out, repeat{label: label, scope: itemScope(item)})
		}
		return out, nil
	}
	if err := r.limitKeys(s, name, scope); err != nil {
		return nil, err
	}
	keys, known := r.in.Keys[name]
	if !known {
		hole := "{" + s.each.key + "}"
		return []repeat{{label: hole, keyed: true, scope: param.Values{s.each.key: hole}, params: r.holes(s)}}, nil
	}
	keys = slices.Clone(keys)
	slices.SortFunc(keys, func(a, b Key) int { return strings.Compare(a.Name, b.Name) })
	var out []repeat
	for i, k := range keys {
		if !plainKey.MatchString(k.Name) || i > 0 && keys[i-1].Name == k.Name {
			return nil, r.wrong(fault.InvalidParams, name, "%q cannot be a key here", k.Name).
				Advise("a key is 1 to 64 letters, digits, \"_\" and \"-\", and each is there once")
		}
		out = append(out, repeat{label: k.Name, keyed: true, scope: param.Values{s.each.key: k.Name}, params: k.Params})
	}
	return out, nil
}

// limitKeys evaluates how many keys a node may have, and refuses more.
func (r *resolver) limitKeys(s *stmt, name string, scope param.Scope) error {
	v, err := typed(s.each.most, value.Int, scope)
	if err != nil {
		return r.wrong(fault.InvalidParams, name, "each: max: %v", err)
	}
	n, limited := v.(int64)
	if limited && int64(len(r.in.Keys[name])) > n {
		return r.wrong(fault.InvalidParams, name, "%d instances are more than the %d allowed", len(r.in.Keys[name]), n)
	}
	r.most[name] = int(n)
	return nil
}

// itemScope names a list's item $each, and the entries of a map item $each.width and so on.
func itemScope(item any) param.Values {
	out := param.Values{"each": item}
	if m, ok := item.(map[string]any); ok {
		for k, v := range m {
			out["each."+k] = v
		}
	}
	return out
}

// holes stands in for the parameters that a key will bring, so that a graph can be shown before anybody comes.
func (r *resolver) holes(s *stmt) map[string]any {
	out := map[string]any{}
	for _, d := range s.use.defs {
		if !d.Required() || hasAssign(s.with, d.Name) {
			continue
		}
		switch d.Constraint.Type {
		case value.String, value.URI, value.File, value.Secret:
			out[d.Name] = "{" + d.Name + "}"
		default:
			out[d.Name] = d.Constraint.Min
		}
	}
	return out
}

func hasAssign(list []assign, name string) bool {
	for _, a := range list {
		if a.name == name {
			return true
		}
	}
	return false
}

// fragmentParams binds a fragment's parameters from with: and from what a key brings.
func (r *resolver) fragmentParams(s *stmt, name string, scope param.Scope, extra map[string]any) (param.Values, error) {
	given := map[string]any{}
	for k, v := range extra {
		given[k] = v
	}
	for _, a := range s.with {
		v, err := a.expr.Eval(scope)
		if err != nil {
			return nil, r.wrong(fault.InvalidParams, name, "%s: %v", a.name, err)
		}
		given[a.name] = v
	}
	vals, errs := param.Bind(s.use.defs, given, r.outer)
	if len(errs) > 0 {
		var f *fault.Fault
		if errors.As(errs[0], &f) {
			return nil, r.wrong(f.Code, name+f.Place, "%s", f.Msg).Advise("%s", f.Hint)
		}
		return nil, r.wrong(fault.InvalidParams, name, "%v", errs[0])
	}
	return vals, nil
}

// handDown adds the node keys of a use to what is handed down to its fragment.
func (r *resolver) handDown(s *stmt, name string, scope param.Scope, down inherit) (inherit, error) {
	if s.onError != "" {
		down.onError, down.unit = s.onError, name
	}
	if s.lazy != nil {
		d, err := typed(s.lazy, value.Duration, scope)
		if err != nil {
			return down, r.wrong(fault.InvalidParams, name, "lazy: %v", err)
		}
		linger, _ := d.(time.Duration)
		down.lazy, down.linger, down.unit = true, Span(linger), name
	}
	return down, nil
}

// element makes the node of an element.
func (r *resolver) element(s *stmt, name string, scope param.Scope, down inherit) (*node, error) {
	own, err := r.handDown(s, name, scope, down)
	if err != nil {
		return nil, err
	}
	n := &node{
		name: name, stmt: s, spec: s.spec, conf: element.Conf{}, domain: s.spec.Domain, rank: len(r.nodes), onError: own.onError,
		linger: own.linger, lazy: own.lazy, unit: own.unit, keyNode: down.keyNode, key: down.key,
	}
	if err := r.configure(n, scope); err != nil {
		return nil, err
	}
	if n.fallback, err = s.standIn(name, scope); err != nil {
		return nil, r.wrong(fault.InvalidParams, name, "fallback: %v", err)
	}
	if n.queue, err = evalQueue(s.queue, scope); err != nil {
		return nil, r.wrong(fault.InvalidParams, name, "queue: %v", err)
	}
	r.nodes = append(r.nodes, n)
	r.byName[name] = n
	return n, nil
}

func prefixOf(name string) string {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '/' {
			return name[:i+1]
		}
	}
	return ""
}

// configure evaluates a node's settings and checks them against the element's fields.
func (r *resolver) configure(n *node, scope param.Scope) error {
	for _, f := range n.spec.Fields {
		if f.Default != nil && element.Own(n.spec.Name) {
			n.conf[f.Name] = f.Default
		}
	}
	for _, a := range n.stmt.set {
		v, err := a.expr.Eval(scope)
		if err != nil {
			return r.wrong(fault.InvalidParams, n.name, "%s: %v", a.name, err)
		}
		if v == nil {
			continue // a reference to something optional that was not given
		}
		if f, ok := n.spec.Field(a.name); ok {
			if v, err = f.Constraint.Accept(v); err != nil {
				return r.wrong(fault.InvalidParams, n.name, "%s: %v", a.name, err)
			}
		}
		n.conf[a.name] = v
		n.settings = append(n.settings, setting(a.name, v))
	}
	if err := r.reset(n); err != nil {
		return err
	}
	if s, ok := r.tmpl.reg.Shaped(n.spec.Name); ok {
		shaped := *n.spec
		shaped.Ports = s.Ports(n.conf)
		n.spec = &shaped
	}
	if p, ok := r.tmpl.reg.Placed(n.spec.Name); ok {
		n.domain = p.Domain(n.conf)
	}
	return nil
}

func evalQueue(q *queueing, scope param.Scope) (*queue, error) {
	if q == nil {
		return nil, nil
	}
	t, err := typed(q.time, value.Duration, scope)
	if err != nil {
		return nil, fmt.Errorf("time: %w", err)
	}
	b, err := typed(q.buffers, value.Int, scope)
	if err != nil {
		return nil, fmt.Errorf("buffers: %w", err)
	}
	out := &queue{drop: q.drop}
	if d, ok := t.(time.Duration); ok {
		out.time = Span(d)
	}
	out.buffers, _ = b.(int64)
	return out, nil
}
