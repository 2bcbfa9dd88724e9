package main

import (
	"bytes"
	"testing"
)

// TestShippedGraphsPlan plans every shipped graph, with examples for the parameters that it needs.
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
				in.Params[d.Name] = fitting(d)
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
