package lint

import (
	"slices"
	"strings"

	"sluice/engine/fault"
	"sluice/engine/spec"
	"sluice/engine/value"
)

// badExpectation is the code of everything in a test that cannot be read.
const badExpectation = "bad_expectation"

// tests checks what the tests of a graph give, replace and expect.
func (g *graph) tests() {
	for i := range g.Tests {
		t := &g.Tests[i]
		g.arguments(t.With, g, use{what: "this graph", unknown: "with_unknown_param", bad: "bad_with"})
		for _, m := range t.Mock {
			g.mock(m)
		}
		g.value(t.Limit, duration(soonest), setting{what: `"limit" of the test`, code: badExpectation})
		for _, e := range t.Expect {
			g.expect(e)
		}
	}
}

// mock checks that a replaced node exists, and what stands in for it.
func (g *graph) mock(m spec.Entry) {
	if g.byName[m.Key.Text] == nil && !g.unheard(m.Key.Text) {
		g.noNode(m.Key, "test_unknown_node", "replace")
	}
	words := strings.Fields(m.Value.Text)
	if len(words) == 0 {
		g.at(m.Value.Pos, badExpectation, "%q is replaced by nothing", m.Key.Text).Advise("write an element, as in test.in")
		return
	}
	if _, ok := g.reg.Spec(words[0]); !ok {
		d := g.at(m.Value.Pos, "unknown_element", "there is no element %q", short(words[0]))
		if found, ok := g.suggest(words[0], g.reg.OwnNames(), g.reg.GstNames()); ok {
			d.Advise("did you mean %q?", found)
		}
	}
}

// expect checks one expectation. What is not one of the language's words is the name of a node.
func (g *graph) expect(e spec.Entry) {
	switch e.Key.Text {
	case "end":
		g.one(e, "eos", "error", "timeout")
	case "error":
		g.expectError(e.Value)
	case "drift":
		g.inRange(e, value.Duration)
	case "plan":
		for _, p := range e.Value.Entries {
			if g.knownKey(p.Key, `"plan"`, planKeys()) {
				g.inRange(p, value.Int)
			}
		}
	case "route":
		g.expectRoute(e.Value)
	default:
		g.expectNode(e)
	}
}

func planKeys() []string {
	return []string{"pipelines", "bridges", "encoders", "decoders", "queues", "tees", "elements", "nodes", "flows"}
}

func (g *graph) one(e spec.Entry, words ...string) {
	g.word(e.Value, setting{what: `"` + e.Key.Text + `"`, code: badExpectation}, words...)
}

// knownKey reports a key that is not among those allowed.
func (g *graph) knownKey(key spec.Text, what string, known []string) bool {
	if slices.Contains(known, key.Text) {
		return true
	}
	g.at(key.Pos, badExpectation, "%s has no key %q", what, short(key.Text)).Hint = g.near(key.Text, known, "its keys: %s", listed(known, 12))
	return false
}

// inRange checks a value or a range such as 45..55, open at either end.
func (g *graph) inRange(e spec.Entry, types ...value.Type) {
	for _, t := range types {
		if isRange(e.Value.Text, value.Constraint{Type: t}) && e.Value.Kind < spec.List {
			return
		}
	}
	example := map[value.Type]string{value.Int: "45..55", value.Duration: "1.8s..2.2s", value.Bytes: "10k..", value.Size: "640x360"}[types[0]]
	g.at(e.Value.Pos, badExpectation, "%q is %s or a range of two; this is %q", e.Key.Text, noun(types[0]), short(e.Value.Text)).
		Advise("as in %s; either end may be left out", example)
}

func (g *graph) expectError(v spec.Value) {
	codes := make([]string, 0, 32)
	for _, i := range fault.Codes() {
		codes = append(codes, string(i.Code))
	}
	for _, e := range v.Entries {
		switch {
		case !g.knownKey(e.Key, `"error"`, []string{"code", "node"}):
		case e.Key.Text == "code":
			g.one(e, codes...)
		case g.byName[e.Value.Text] == nil && !g.unheard(e.Value.Text):
			g.noTestNode(spec.Text{Text: e.Value.Text, Pos: e.Value.Pos})
		}
	}
}

// expectRoute checks {event: path}.
func (g *graph) expectRoute(v spec.Value) {
	for _, e := range v.Entries {
		if _, ok := g.reg.Trigger(e.Key.Text); !ok {
			g.at(e.Key.Pos, "event_unknown", "there is no event %q", short(e.Key.Text)).
				Hint = g.near(e.Key.Text, g.events, "events: %s", listed(g.events, 40))
		}
		if !strings.HasPrefix(e.Value.Text, "/") {
			g.at(e.Value.Pos, badExpectation, "%q is not a path", short(e.Value.Text)).Advise(`a path begins with "/"`)
		}
	}
}

func (g *graph) noTestNode(name spec.Text) {
	words := append(g.nodeNames(), "plan", "route", "end", "error", "drift")
	g.at(name.Pos, "test_unknown_node", "there is no node %q to look at", short(name.Text)).
		Hint = g.near(name.Text, words, "an expectation is a node's name, or plan, route, end, error or drift")
}

// expectNode checks what is expected of a node's output.
func (g *graph) expectNode(e spec.Entry) {
	if g.byName[e.Key.Text] == nil {
		if !g.unheard(e.Key.Text) {
			g.noTestNode(e.Key)
		}
		return
	}
	known := []string{"caps", "frames", "keyframes", "length", "bytes", "rate", "size", "tone", "golden"}
	if e.Value.Kind != spec.Map {
		g.at(e.Value.Pos, badExpectation, "what is expected of %q must be a map", e.Key.Text).Advise("its keys: %s", listed(known, 12))
		return
	}
	for _, x := range e.Value.Entries {
		switch {
		case !g.knownKey(x.Key, `"`+e.Key.Text+`"`, known):
		case x.Key.Text == "caps":
			g.value(x.Value, capsType(), setting{what: "caps", code: "bad_caps"})
		case x.Key.Text == "length":
			g.inRange(x, value.Duration)
		case x.Key.Text == "bytes":
			g.inRange(x, value.Bytes)
		case x.Key.Text == "size":
			g.inRange(x, value.Size)
		case x.Key.Text == "rate":
			g.inRange(x, value.Bitrate, value.Fraction)
		case x.Key.Text == "golden":
			g.value(x.Value, value.Constraint{Type: value.File}, setting{what: `"golden"`, code: badExpectation})
		default:
			g.inRange(x, value.Int, value.Float)
		}
	}
}
