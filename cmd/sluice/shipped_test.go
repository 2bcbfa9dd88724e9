package main

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"sluice/engine/plan"
	"sluice/engine/route"
	"sluice/engine/spec"
	"sluice/engine/store"
)

// TestShippedGraphs checks, for every shipped graph, what its own tests expect of its plan and its routes. What they
// expect of media needs GStreamer and is not looked at here.
func TestShippedGraphs(t *testing.T) {
	a := &app{out: &bytes.Buffer{}, err: &bytes.Buffer{}, registry: "snapshot"}
	set, err := a.load("")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range set.Diagnostics() {
		t.Errorf("%s", d)
	}
	checked := 0
	for _, g := range set.Graphs() {
		for _, c := range g.Tests {
			for _, e := range c.Expect {
				switch e.Key.Text {
				case "plan":
					checked++
					t.Run(g.Name+"/"+c.Name.Text, func(t *testing.T) { expectPlan(t, a, set, g, c, e.Value) })
				case "route":
					checked++
					expectRoutes(t, set.Routes(), g, e.Value)
				}
			}
		}
	}
	if checked < 20 {
		t.Errorf("only %d expectations in all shipped graphs", checked)
	}
}

// TestShippedGraphsPlan plans every shipped graph that needs no parameter; those that do have a test with one.
func TestShippedGraphsPlan(t *testing.T) {
	a := &app{out: &bytes.Buffer{}, err: &bytes.Buffer{}, registry: "snapshot"}
	set, err := a.load("")
	if err != nil {
		t.Fatal(err)
	}
	planned := 0
	for _, g := range set.Graphs() {
		if g.Fragment() {
			continue
		}
		tmpl, err := a.template(g.Name)
		if err != nil {
			t.Errorf("%s: %v", g.Name, err)
			continue
		}
		in, err := new(inputFlags).inputs(tmpl)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range tmpl.Params() {
			if d.Required() {
				in.Params[d.Name] = map[bool]string{true: "rtmp://example.org/live/x", false: "x"}[d.Constraint.Type == "uri"]
			}
		}
		if _, err := tmpl.Resolve(in); err != nil {
			t.Errorf("%s: %v", g.Name, err)
		}
		planned++
	}
	if planned < 20 {
		t.Errorf("only %d graphs planned", planned)
	}
}

func expectPlan(t *testing.T, a *app, set *store.Set, g *spec.Graph, c spec.Test, want spec.Value) {
	t.Helper()
	reg, err := a.elements()
	if err != nil {
		t.Fatal(err)
	}
	tmpl, err := plan.Compile(g, set, reg)
	if err != nil {
		t.Fatal(err)
	}
	f := inputFlags{}
	for _, e := range c.With {
		f.params = append(f.params, e.Key.Text+"="+e.Value.Text)
	}
	in, err := f.inputs(tmpl)
	if err != nil {
		t.Fatal(err)
	}
	p, err := tmpl.Resolve(in)
	if err != nil {
		t.Fatal(err)
	}
	n := p.Counts()
	counts := map[string]int{
		"nodes": n.Nodes, "pipelines": n.Pipelines, "bridges": n.Bridges, "flows": n.Flows, "encoders": n.Encoders, "decoders": n.Decoders,
		"elements": n.Elements, "queues": n.Queues, "tees": n.Tees, "branches": n.Branches,
	}
	for _, e := range want.Entries {
		got, known := counts[e.Key.Text]
		if !known {
			t.Errorf("%s: a plan has no count of %q", e.Key.Pos, e.Key.Text)
		} else if !inRange(got, e.Value.Text) {
			t.Errorf("%s: %d %s, want %s", e.Value.Pos, got, e.Key.Text, e.Value.Text)
		}
	}
}

// inRange tells whether n is the number, or lies in the range a..b, open at either end.
func inRange(n int, text string) bool {
	low, high, both := strings.Cut(text, "..")
	if !both {
		high = low
	}
	least, err := strconv.Atoi(low)
	if err != nil {
		least = 0
	}
	most, err := strconv.Atoi(high)
	if err != nil {
		most = 1 << 30
	}
	return least <= n && n <= most
}

func expectRoutes(t *testing.T, table *route.Table, g *spec.Graph, want spec.Value) {
	t.Helper()
	for _, e := range want.Entries {
		vars := route.Variables{}
		for _, r := range g.Routes { // a route with conditions is asked for with what it wants
			for _, w := range r.Where {
				vars[w.Key.Text] = firstText(w.Value)
			}
		}
		m, ok := table.Match(e.Key.Text, e.Value.Text, vars)
		if !ok || m.Entry.Graph != g.Name {
			t.Errorf("%s: %s %s goes to %s, not to %s", e.Value.Pos, e.Key.Text, e.Value.Text, fmt.Sprint(m.Entry), g.Name)
		}
	}
}

func firstText(v spec.Value) string {
	if len(v.Items) > 0 {
		return v.Items[0].Text
	}
	return v.Text
}
