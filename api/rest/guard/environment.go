package guard

import (
	"slices"
	"strings"

	"sluice/engine/fault"
	"sluice/engine/param"
	"sluice/engine/spec"
)

// Graph refuses a graph that reads variables of the server's environment which the rules do not have, as fault.Forbidden with the
// reference's line. It is for graphs that callers write, or that run differently by what they write: nothing that such a graph
// computes would otherwise keep passwords from streams' names, which all can see. What it says about itself is not looked at, nor
// its tests, which the server does not run.
func (g *Guard) Graph(graph *spec.Graph) error {
	for _, v := range values(graph) {
		e, err := param.ParseExpr(v)
		if err != nil {
			continue // lint refuses the graph for it
		}
		for _, r := range e.Refs() {
			name, ok := strings.CutPrefix(r.Name, "env.")
			if !ok || slices.Contains(g.rules.Environment, name) {
				continue
			}
			const why = "line %d reads the environment variable %q, which graphs of callers may not"
			return fault.New(fault.Forbidden, graph.Name, why, r.Pos.Line, name).
				Advise(`the configuration's key "rest.environment" says which ones they may; better, give the graph a parameter`)
		}
	}
	return nil
}

// values lists all in a graph that may have references.
func values(g *spec.Graph) []spec.Value {
	var w written
	for _, p := range g.Params {
		w.add(p.Body)
	}
	for _, r := range g.Routes {
		w.texts(r.Event, r.Path)
		w.entries(r.Where, r.With)
		w.add(r.Share)
	}
	for i := range g.Nodes {
		w.node(&g.Nodes[i])
	}
	for _, l := range g.Links {
		w.entries(l.Pad)
		w.queue(l.Queue)
		for _, h := range l.Hops {
			w.texts(h.Caps)
		}
	}
	w.entries(g.Policy)
	return w.all
}

// written collects values.
type written struct{ all []spec.Value }

func (w *written) add(list ...spec.Value) {
	for _, v := range list {
		switch v.Kind {
		case spec.List:
			w.add(v.Items...)
		case spec.Map: // one by one, for a wrong one, or what is said about a parameter, not to hide others
			w.entries(v.Entries)
		default:
			w.all = append(w.all, v)
		}
	}
}

func (w *written) entries(lists ...[]spec.Entry) {
	for _, e := range slices.Concat(lists...) {
		w.add(e.Value)
	}
}

func (w *written) texts(list ...spec.Text) {
	for _, t := range list {
		w.add(spec.Value{Kind: spec.String, Text: t.Text, Pos: t.Pos})
	}
}

func (w *written) node(n *spec.Node) {
	w.texts(n.Element, n.Use)
	w.entries(n.Set, n.With)
	w.add(n.Lazy)
	w.texts(n.OnError)
	w.queue(n.Queue)
	if n.Each != nil {
		w.add(n.Each.List, n.Each.Max)
	}
	if n.Fallback != nil {
		w.add(n.Fallback.After, n.Fallback.Keep)
	}
}

func (w *written) queue(q *spec.Queue) {
	if q != nil {
		w.add(q.Time, q.Buffers)
	}
}
