// Package shape reads off a plan what the owner of an instance has to know to run it: which nodes media comes from,
// what is lazy and for whom, which branches come and go, when it is at its end, and whether it is alive. It is pure: it
// calls no Runtime and knows no time but that in reports.
package shape

import (
	"slices"
	"strings"
	"time"

	"sluice/engine/plan"
)

// Shape is what there is to know of one plan. It is immutable and safe for concurrent use.
type Shape struct {
	plan     *plan.Plan
	into     map[string][]hop    // by node: where media comes from
	from     map[string][]hop    // by node: where it goes
	ticks    map[string]bool     // nodes with a beginning of their own that always runs, whatever feeds them beside it
	leads    map[string]bool     // nodes that give more than what plays while another is silent
	parts    map[string][]string // by node: what is lazy and has elements of it; "" for those that always run
	lazy     map[string]Lazy
	branches map[string]plan.Branch
	sources  []string // nodes that nothing feeds, but those that only stand in for others
	sinks    []string // nodes that feed nothing
	waits    bool
}

// Lazy is a branch or pipeline, or a node in Go, that runs while somebody reads what it makes.
type Lazy struct {
	Name    string
	Linger  time.Duration
	OnError string
	InGo    bool // no part of it is in GStreamer
	// StandIn is what plays while something else is silent: that nobody reads it says nothing of who reads the stream.
	StandIn bool
}

// hop is a way from one node to the next.
type hop struct {
	node     string
	fallback bool // used only while another is silent
}

// Of reads a plan, which must not be changed afterwards.
func Of(p *plan.Plan) *Shape {
	s := &Shape{
		plan: p, into: map[string][]hop{}, from: map[string][]hop{}, ticks: map[string]bool{}, leads: map[string]bool{},
		parts: map[string][]string{},
		lazy:  map[string]Lazy{}, branches: map[string]plan.Branch{},
	}
	s.link()
	s.lead()
	for i := range p.Pipelines {
		s.pipeline(&p.Pipelines[i])
	}
	for i := range p.Nodes {
		s.node(&p.Nodes[i])
	}
	return s
}

// Plan is the plan whose shape it is.
func (s *Shape) Plan() *plan.Plan { return s.plan }

// link notes which node feeds which.
func (s *Shape) link() {
	owner, crossing := map[string]string{}, map[string]plan.Bridge{}
	for _, b := range s.plan.Bridges {
		crossing[b.Name] = b
	}
	join := func(from, to string, fallback bool) {
		if from != to {
			s.from[from], s.into[to] = append(s.from[from], hop{to, fallback}), append(s.into[to], hop{from, fallback})
		}
	}
	for _, l := range s.plan.Pipelines {
		for _, e := range l.Elements {
			owner[e.Name] = e.Node
		}
		for _, k := range l.Links {
			join(owner[k.From.Of], owner[k.To.Of], crossing[k.To.Of].Fallback)
		}
	}
	for _, b := range s.plan.Bridges {
		if b.Direction == plan.IntoGst {
			join(b.Node.Of, owner[b.Name], b.Fallback)
		}
	}
	for _, f := range s.plan.Flows {
		join(f.From.Of, f.To.Of, f.Fallback)
	}
}

// pipeline notes what of a pipeline is lazy, which branches it has, and whether media has to come from it at the start.
func (s *Shape) pipeline(l *plan.Pipeline) {
	if l.Lazy {
		s.lazy[l.Name] = Lazy{Name: l.Name, Linger: time.Duration(l.Linger), OnError: l.OnError}
	}
	for _, b := range l.Branches {
		if b.Kind == plan.Lazy {
			s.lazy[b.Name] = Lazy{Name: b.Name, Linger: time.Duration(b.Linger), OnError: b.OnError}
		} else {
			s.branches[b.Name] = b
		}
	}
	fed := map[string]bool{}
	for _, k := range l.Links {
		fed[k.To.Of] = true
	}
	crosses := map[string]bool{}
	for _, b := range s.plan.Bridges {
		crosses[b.Name] = true
	}
	for _, e := range l.Elements {
		part := e.Branch
		if l.Lazy {
			part = l.Name
		}
		node, standIn := s.maker(e)
		if lazy, ok := s.lazy[part]; ok {
			lazy.StandIn = lazy.StandIn || standIn
			s.lazy[part] = lazy
			s.part(node, part)
			continue
		}
		s.part(node, "")
		begins := !fed[e.Name] && part == "" && !s.StandsIn(e.Node)
		s.waits = s.waits || begins
		s.ticks[e.Node] = s.ticks[e.Node] || begins && !crosses[e.Name]
	}
}

// maker is the node that an element counts as: that of the end of a bridge is its reader, but for what stands in for the reader's
// source, which is asked for by a name of its own.
func (s *Shape) maker(e plan.Element) (node string, standIn bool) {
	for _, b := range s.plan.Bridges {
		if b.Name == e.Name && b.Direction == plan.OutOfGst && b.Fallback {
			return plan.StandIn(e.Node), true
		}
	}
	return e.Node, false
}

// part notes that a node has elements in something lazy; "" is what always runs.
func (s *Shape) part(node, part string) {
	if !slices.Contains(s.parts[node], part) {
		s.parts[node] = append(s.parts[node], part)
	}
}

// node sorts a node into sources and sinks, and finds those in Go that are lazy by themselves. One that media goes past, as
// past a conversion with nothing to do, is neither: it never comes to an end.
func (s *Shape) node(n *plan.Node) {
	if len(s.into[n.Name]) == 0 && len(s.from[n.Name]) == 0 && len(s.parts[n.Name]) == 0 {
		return
	}
	if len(s.into[n.Name]) == 0 && s.leads[n.Name] {
		s.sources = append(s.sources, n.Name)
	}
	if len(s.from[n.Name]) == 0 {
		s.sinks = append(s.sinks, n.Name)
	}
	if _, known := s.lazy[n.Name]; n.Lazy && !known && len(s.makers(n.Name)) == 0 {
		s.lazy[n.Name] = Lazy{Name: n.Name, Linger: time.Duration(n.Linger), OnError: n.OnError, InGo: true}
	}
}

// lead finds the nodes from which media arrives somewhere otherwise than as a fallback: from the sinks backwards.
func (s *Shape) lead() {
	var reached []string
	reach := func(node string) {
		if !s.leads[node] {
			s.leads[node] = true
			reached = append(reached, node)
		}
	}
	for _, n := range s.plan.Nodes {
		if len(s.from[n.Name]) == 0 {
			reach(n.Name)
		}
	}
	for len(reached) > 0 {
		node := reached[0]
		reached = reached[1:]
		for _, h := range s.into[node] {
			if !h.fallback {
				reach(h.node)
			}
		}
	}
}

// Waits tells whether an instance is live only when media has come: something in GStreamer has a beginning that is
// there from the start.
func (s *Shape) Waits() bool { return s.waits }

// StandsIn tells whether a node gives only what plays while another is silent.
func (s *Shape) StandsIn(node string) bool { return len(s.from[node]) > 0 && !s.leads[node] }

// Runs tells whether the plan has anything for a Runtime.
func (s *Shape) Runs() bool { return len(s.plan.Pipelines) > 0 }

// Offline tells whether files are read as fast as it goes.
func (s *Shape) Offline() bool {
	return slices.ContainsFunc(s.plan.Pipelines, func(l plan.Pipeline) bool { return l.Offline })
}

// Branch finds a keyed branch, or one that may fail alone.
func (s *Shape) Branch(name string) (plan.Branch, bool) { b, ok := s.branches[name]; return b, ok }

// Placeholders lists the keyed nodes that the plan shows with a placeholder for their key: "seat" of "seat[{guest}]/in".
func Placeholders(p *plan.Plan) []string {
	var out []string
	for _, n := range p.Nodes {
		if node, _, ok := strings.Cut(n.Name, "[{"); ok && !slices.Contains(out, node) {
			out = append(out, node)
		}
	}
	return out
}
