package spec

import "gopkg.in/yaml.v3"

func policyKeys() []string {
	return []string{"start", "stall", "restart", "drain", "end", "latency", "cost", "worker", "reload"}
}

// policy reads policy:, a map. Its values are kept as they are; only their shape is looked at.
func (w *walker) policy(n *yaml.Node) {
	f, ok := w.fields(n, `"policy"`, policyKeys())
	if !ok {
		w.gap("policy")
		return
	}
	for _, p := range f.list {
		before := w.faults
		w.policyShape(f, p)
		v := w.value(p.value, `"`+p.key.Text+`"`)
		if w.faults == before {
			w.graph.Policy = append(w.graph.Policy, Entry{p.key, v})
		}
	}
	if len(f.list) > len(w.graph.Policy) || len(f.strays) > 0 {
		w.gap("policy")
	}
}

func (w *walker) policyShape(f fields, p pair) {
	switch {
	case p.key.Text == "restart":
		w.fields(p.value, aRestart, []string{"when", "backoff", "give_up"})
	case p.key.Text == "end" && p.value.Kind == yaml.MappingNode:
		inner, _ := w.fields(p.value, `"end"`, []string{"when"})
		inner.require("when", "as in {when: [phone, mic]}, or never")
	default:
		f.scalar(p.key.Text)
	}
}
