package lint

import (
	"cmp"
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/lint/codes"
	"sluice/engine/param"
	"sluice/engine/route"
	"sluice/engine/spec"
)

// check is one run over a set. It belongs to one call of Check.
type check struct {
	reg      *element.Registry
	severity map[string]spec.Severity
	report   spec.Report
	graphs   []*graph          // by place
	named    map[string]*graph // the first of each name
	media    mediaMemo
	events   []string          // names of all triggers
	wanted   map[*graph]bool   // whether a graph has readers who come and go
	tallies  map[string]*tally // by file
	compared int               // words, for suggestions
	skipped  map[string]bool   // graphs whose files could not be read
	absent   map[string]string // why an element is not there
	lacks    []Lack
}

// graph is one graph with what the rules have found out about it.
type graph struct {
	*check
	*spec.Graph
	nodes   []*node
	byName  map[string]*node
	broken  map[string]bool
	defs    []param.Def
	defAt   map[string]int      // where a definition is
	brought map[string]*brought // what the routes bring, by name
	roots   map[string]string   // what the first part of such a name means
	known   []string            // all names for suggestions
	fed     map[feed]bool       // sink ports with their one link
	offered map[*port]bool      // ports behind offers
	names   []string            // of the nodes
	used    map[string]bool     // names that some reference means
	wires   []*wire
	offers  []*port        // exports of a fragment
	ready   bool           // offers are known
	unsure  bool           // there may be more of them
	lazyFed map[*node]bool // whether a node runs on demand
	blind   bool           // a route could not be understood, so that names it brings are not known
	starts  []start        // what the routes bring
	entries []route.Entry  // the routes that can be read
}

// node is one node. What is not known about it stays empty, and rules that need it say nothing.
type node struct {
	*spec.Node
	graph *graph
	elem  *element.Spec // nil if the node is a fragment, or its element is not known
	frag  *graph        // the fragment that the node uses; nil if there is none, or it is not known
	ports []*port
	in    []*wire
	out   []*wire
	plays []*node // nodes that this one stands in for when they are silent
}

// port is a port of a node: of its element, or an export of its fragment.
type port struct {
	element.Port
	node  *node
	inner *port // where an export lies in its fragment; nil for an element's port
}

// root is the element's port behind a chain of exports.
func (p *port) root() *port {
	for p.inner != nil {
		p = p.inner
	}
	return p
}

func newCheck(set []*spec.Graph, reg *element.Registry) *check {
	c := &check{
		reg: reg, severity: map[string]spec.Severity{}, named: map[string]*graph{}, media: newMediaMemo(),
		wanted: map[*graph]bool{}, tallies: map[string]*tally{}, skipped: map[string]bool{},
	}
	for _, i := range codes.List() {
		c.severity[i.Code] = i.Severity
	}
	for _, t := range reg.Triggers() {
		c.events = append(c.events, t.Event)
	}
	for _, g := range set {
		c.graphs = append(c.graphs, c.newGraph(g))
	}
	slices.SortStableFunc(c.graphs, byPlace)
	for _, g := range c.graphs {
		if c.named[g.Name] == nil {
			c.named[g.Name] = g
		}
	}
	return c
}

func byPlace(a, b *graph) int {
	return cmp.Or(strings.Compare(a.Pos.File, b.Pos.File), a.Pos.Line-b.Pos.Line, strings.Compare(a.Name, b.Name))
}

func (c *check) newGraph(s *spec.Graph) *graph {
	g := &graph{
		check: c, Graph: s, byName: map[string]*node{}, broken: map[string]bool{}, used: map[string]bool{},
		lazyFed: map[*node]bool{}, defAt: map[string]int{}, brought: map[string]*brought{}, roots: map[string]string{},
		fed: map[feed]bool{}, offered: map[*port]bool{},
	}
	for _, name := range s.Broken {
		g.broken[name] = true
	}
	for i := range s.Nodes {
		n := &node{Node: &s.Nodes[i], graph: g}
		g.nodes = append(g.nodes, n)
		g.names = append(g.names, n.Name.Text)
		g.byName[n.Name.Text] = n
	}
	return g
}

// nodeNames lists the nodes for suggestions.
func (g *graph) nodeNames() []string { return g.names }

// unheard tells whether a node's name may stand in a part of the file that could not be read.
func (g *graph) unheard(name string) bool { return g.broken[name] || g.Gap("nodes") }

// side gives the node's ports of one direction.
func (n *node) side(d element.Dir) []*port {
	var out []*port
	for _, p := range n.ports {
		if p.Dir == d {
			out = append(out, p)
		}
	}
	return out
}

// known tells whether it is known what the node is.
func (n *node) known() bool { return n.elem != nil || n.frag != nil }

// literal gives a setting that is written out, without references.
func (n *node) literal(field string) (string, bool) {
	for _, e := range n.Set {
		if e.Key.Text == field && !strings.Contains(e.Value.Text, "$") && e.Value.Kind < spec.List {
			return e.Value.Text, true
		}
	}
	return "", false
}
