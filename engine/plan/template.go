package plan

import (
	"time"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/param"
	"sluice/engine/spec"
	"sluice/engine/value"
)

// Library finds graphs by name. Fragments are looked up in it.
type Library interface {
	Graph(name string) (*spec.Graph, bool)
}

// Template is a graph compiled once: fragments found, expressions parsed, elements known. It is immutable and safe for
// concurrent use; Resolve makes a Plan of it for one instance.
type Template struct {
	root   *module
	routes []spec.Route
	reg    *element.Registry
	floor  bool // plans cost no less than the compiler estimates
}

// module is one graph or fragment with everything parsed that does not depend on parameters.
type module struct {
	graph   string
	defs    []param.Def
	stmts   []*stmt
	edges   []edge
	exports []spec.Export
	policy  []spec.Entry
}

// stmt is one node as written: an element, or the use of a fragment.
type stmt struct {
	name     string
	pos      spec.Pos
	spec     *element.Spec
	set      []assign
	use      *module
	with     []assign
	each     *each
	lazy     *param.Expr
	onError  string
	fallback string
	after    *param.Expr
	keep     *param.Expr
	warm     bool // what stands in runs all the time
	queue    *queueing
	about    string
}

// assign gives a field or parameter a value.
type assign struct {
	name string
	pos  spec.Pos
	expr param.Expr
}

// each repeats a fragment: over a list, or over keys that come and go.
type each struct {
	list *param.Expr
	key  string
	most *param.Expr
}

// queueing is a user's own queue in front of a node or in a link.
type queueing struct {
	time, buffers *param.Expr
	drop          string
}

// edge is one step of a link's chain.
type edge struct {
	pos      spec.Pos
	from, to end
	caps     []param.Expr
	pad      []assign
	queue    *queueing
	fallback bool
}

// end is one end of an edge, as written.
type end struct {
	node, pad, key string
	optional       bool
	guests         bool // the node is one whose instances come and go
}

// nesting is how deep fragments may use fragments.
const nesting = 8

// Compile prepares a graph. It expects a graph that lints without errors; what it still finds wrong comes back as a
// fault of code lint_failed that names the place. A nil library knows no fragments.
func Compile(g *spec.Graph, lib Library, reg *element.Registry) (*Template, error) {
	c := compiler{lib: lib, reg: reg}
	m, err := c.module(g, nil)
	if err != nil {
		return nil, err
	}
	return &Template{root: m, routes: g.Routes, reg: reg}, nil
}

// Unlowered is the template for graphs whose authors may say that they cost more than the compiler estimates, and not that they cost
// less.
func (t *Template) Unlowered() *Template {
	u := *t
	u.floor = true
	return &u
}

// Graph is the name of the graph the template was made from.
func (t *Template) Graph() string { return t.root.graph }

// Params are the graph's parameters.
func (t *Template) Params() []param.Def { return t.root.defs }

type compiler struct {
	lib Library
	reg *element.Registry
}

func (c *compiler) module(g *spec.Graph, above []string) (*module, error) {
	for _, name := range above {
		if name == g.Name {
			return nil, broken(g.Pos, "fragment %q uses itself", g.Name)
		}
	}
	if len(above) >= nesting {
		return nil, broken(g.Pos, "fragments are nested more than %d deep", nesting)
	}
	var report spec.Report
	m := &module{graph: g.Name, defs: param.Define(g, &report), exports: g.Exports, policy: g.Policy}
	if report.Failed() {
		d := report.List()[0]
		return nil, broken(d.Pos, "%s", d.Msg)
	}
	for i := range g.Nodes {
		s, err := c.stmt(&g.Nodes[i], append(above, g.Name))
		if err != nil {
			return nil, err
		}
		m.stmts = append(m.stmts, s)
	}
	for i := range g.Links {
		edges, err := chain(&g.Links[i])
		if err != nil {
			return nil, err
		}
		m.edges = append(m.edges, edges...)
	}
	m.knowGuests()
	for _, s := range m.stmts {
		if s.fallback != "" {
			m.edges = append(m.edges, edge{pos: s.pos, from: end{node: s.fallback}, to: end{node: s.name}, fallback: true})
		}
	}
	return m, nil
}

func (c *compiler) stmt(n *spec.Node, above []string) (*stmt, error) {
	s := &stmt{name: n.Name.Text, pos: n.Pos, onError: n.OnError.Text, about: n.About.Text}
	p := parser{}
	s.set, s.with = p.assigns(n.Set), p.assigns(n.With)
	s.lazy = p.optional(n.Lazy)
	if n.Fallback != nil {
		s.fallback, s.after = n.Fallback.Node.Text, p.optional(n.Fallback.After)
		s.keep, s.warm = p.optional(n.Fallback.Keep), n.Fallback.Warm
	}
	s.queue = p.queue(n.Queue)
	if n.Each != nil {
		s.each = &each{list: p.optional(n.Each.List), key: n.Each.Key.Text, most: p.optional(n.Each.Max)}
	}
	if p.err != nil {
		return nil, p.err
	}
	if !n.Use.Set() {
		var ok bool
		if s.spec, ok = c.reg.Spec(n.Element.Text); !ok {
			return nil, broken(n.Element.Pos, "there is no element %q", n.Element.Text)
		}
		return s, nil
	}
	if c.lib == nil {
		return nil, broken(n.Use.Pos, "there is no fragment %q", n.Use.Text)
	}
	frag, ok := c.lib.Graph(n.Use.Text)
	if !ok || !frag.Fragment() {
		return nil, broken(n.Use.Pos, "there is no fragment %q", n.Use.Text)
	}
	var err error
	s.use, err = c.module(frag, above)
	return s, err
}

// chain cuts a link into edges. Caps between two nodes belong to the edge between them.
func chain(l *spec.Link) ([]edge, error) {
	p := parser{}
	var out []edge
	var caps []param.Expr
	var last *spec.Hop
	maybe := false // what follows a pad that may be missing may be missing too
	for i := range l.Hops {
		h := &l.Hops[i]
		if h.Node == "" {
			caps = append(caps, p.expr(spec.Value{Kind: spec.String, Text: h.Caps.Text, Pos: h.Caps.Pos}))
			continue
		}
		if last != nil {
			e := edge{pos: h.Pos, from: endOf(last), to: endOf(h), caps: caps, pad: p.assigns(l.Pad), queue: p.queue(l.Queue)}
			maybe = maybe || e.from.optional || e.to.optional
			e.from.optional = maybe
			out, caps = append(out, e), nil
		}
		last = h
	}
	return out, p.err
}

func endOf(h *spec.Hop) end { return end{node: h.Node, pad: h.Pad, key: h.Key, optional: h.Optional} }

// parser turns values into expressions and keeps the first error.
type parser struct{ err error }

func (p *parser) expr(v spec.Value) param.Expr {
	e, err := param.ParseExpr(v)
	if err != nil && p.err == nil {
		p.err = broken(v.Pos, "%v", err)
	}
	return e
}

func (p *parser) optional(v spec.Value) *param.Expr {
	if !v.Set() {
		return nil
	}
	e := p.expr(v)
	return &e
}

func (p *parser) assigns(list []spec.Entry) []assign {
	out := make([]assign, 0, len(list))
	for _, e := range list {
		out = append(out, assign{name: e.Key.Text, pos: e.Value.Pos, expr: p.expr(e.Value)})
	}
	return out
}

func (p *parser) queue(q *spec.Queue) *queueing {
	if q == nil {
		return nil
	}
	return &queueing{time: p.optional(q.Time), buffers: p.optional(q.Buffers), drop: q.Drop.Text}
}

// broken is the fault of a graph that does not compile.
func broken(pos spec.Pos, format string, args ...any) error {
	return fault.New(fault.LintFailed, pos.String(), format, args...)
}

// typed evaluates an expression as a type.
func typed(e *param.Expr, t value.Type, s param.Scope) (any, error) {
	if e == nil {
		return nil, nil
	}
	v, err := e.Eval(s)
	if err != nil {
		return nil, err
	}
	v, err = value.Constraint{Type: t}.Accept(v)
	if err != nil {
		return nil, err
	}
	if d, ok := v.(time.Duration); ok && d < 0 {
		return nil, fault.New(fault.InvalidParams, "", "%s is less than no time", value.Text(d))
	}
	return v, nil
}
