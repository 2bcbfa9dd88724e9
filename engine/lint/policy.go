package lint

import (
	"strings"

	"sluice/engine/spec"
	"sluice/engine/value"
)

// policy checks the values of policy:. Its keys were checked when the file was read.
func (g *graph) policy() {
	for _, e := range g.Policy {
		s := setting{what: `"` + e.Key.Text + `" of the policy`, code: "bad_policy"}
		switch e.Key.Text {
		case "start", "stall":
			g.value(e.Value, duration(soonest), s)
		case "drain", "latency":
			g.value(e.Value, duration(0), s)
		case "cost":
			g.value(e.Value, value.Constraint{Type: value.Float, Min: 0.0, Max: 1024.0}, s)
		case "worker":
			g.word(e.Value, s, "own", "shared")
		case "reload":
			g.word(e.Value, s, "keep", "restart")
		case "end":
			g.endPolicy(e.Value)
		case "restart":
			g.restartPolicy(e.Value)
		}
	}
}

// word checks a value that is one of a few words.
func (g *graph) word(v spec.Value, s setting, words ...string) {
	g.value(v, value.Constraint{Type: value.Enum, Of: words}, s)
}

// endPolicy reads never, or {when: nodes}.
func (g *graph) endPolicy(v spec.Value) {
	if v.Kind != spec.Map {
		if v.Text != "never" {
			g.at(v.Pos, "bad_policy", `"end" of the policy is never, or {when: [nodes]}; this is %q`, short(v.Text)).
				Advise("as in {when: [phone, mic]}")
		}
		return
	}
	when, _ := v.Get("when")
	nodes := when.Items
	if when.Kind != spec.List {
		nodes = []spec.Value{when}
	}
	if when.Kind == spec.List && len(nodes) == 0 {
		g.at(when.Pos, "bad_policy", `"when" of "end" names no node`).Advise(`write "end: never" if nothing ends it`)
	}
	for _, n := range nodes {
		if g.byName[n.Text] == nil && !g.unheard(n.Text) {
			g.noNode(spec.Text{Text: n.Text, Pos: n.Pos}, "unknown_node", "wait for")
		}
	}
}

// restartPolicy reads {when: error, backoff: 1s..30s, give_up: 5 in 10m}.
func (g *graph) restartPolicy(v spec.Value) {
	for _, e := range v.Entries {
		s := setting{what: `"` + e.Key.Text + `" of "restart"`, code: "bad_policy"}
		switch e.Key.Text {
		case "when":
			g.word(e.Value, s, "never", "error", "always")
		case "backoff":
			if !isRange(e.Value.Text, duration(0)) {
				g.at(e.Value.Pos, s.code, "%s is a duration or two; this is %q", s.what, short(e.Value.Text)).Advise("as in 1s..30s")
			}
		case "give_up":
			tries, window, ok := strings.Cut(e.Value.Text, " in ")
			_, err := value.Constraint{Type: value.Int, Min: int64(1), Max: int64(1000)}.Parse(strings.TrimSpace(tries))
			_, err2 := duration(soonest).Parse(strings.TrimSpace(window))
			if e.Value.Text != "never" && (!ok || err != nil || err2 != nil) {
				g.at(e.Value.Pos, s.code, "%s is never, or a number in a time; this is %q", s.what, short(e.Value.Text)).Advise("as in 5 in 10m")
			}
		}
	}
}

// isRange tells whether text is a value of a type, or a range of two, the first not above the second. An end may be left
// open.
func isRange(text string, want value.Constraint) bool {
	least, most, two := strings.Cut(text, "..")
	if !two {
		_, err := want.Parse(text)
		return err == nil
	}
	if least == "" && most == "" {
		return false
	}
	for _, end := range []string{least, most} {
		if _, err := want.Parse(end); end != "" && err != nil {
			return false
		}
	}
	if least == "" || most == "" {
		return true
	}
	low, _ := want.Parse(least)
	want.Min = low
	_, err := want.Parse(most)
	return err == nil
}
