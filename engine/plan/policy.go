package plan

import (
	"slices"
	"strings"
	"time"

	"sluice/engine/fault"
	"sluice/engine/param"
	"sluice/engine/spec"
	"sluice/engine/value"
)

// DefaultPolicy holds for graphs that say nothing else; cost and worker are then the compiler's estimate.
func DefaultPolicy() Policy {
	return Policy{
		Start: Span(10 * time.Second), Stall: Span(15 * time.Second), Drain: Span(5 * time.Second), Latency: Span(200 * time.Millisecond),
		Restart: Restart{
			When: "error", Least: Span(time.Second), Most: Span(30 * time.Second), Tries: 5, Window: Span(10 * time.Minute),
		},
		Reload: "keep",
	}
}

// policy evaluates the graph's policy over the defaults.
func (r *resolver) policy(scope param.Scope) (Policy, error) {
	p := DefaultPolicy()
	for _, e := range r.tmpl.root.policy {
		if err := p.set(e, scope); err != nil {
			return p, r.wrong(fault.InvalidParams, "policy/"+e.Key.Text, "%v", err)
		}
	}
	for _, n := range p.End {
		known := func(m *stmt) bool { return m.name == n }
		if !slices.ContainsFunc(r.tmpl.root.stmts, known) {
			return p, r.wrong(fault.LintFailed, "policy/end", "there is no node %q", n)
		}
	}
	return p, nil
}

func (p *Policy) set(e spec.Entry, s param.Scope) error {
	switch e.Key.Text {
	case "start":
		return span(&p.Start, e.Value, s)
	case "stall":
		return span(&p.Stall, e.Value, s)
	case "drain":
		return span(&p.Drain, e.Value, s)
	case "latency":
		return span(&p.Latency, e.Value, s)
	case "cost":
		v, err := evaluate(e.Value, value.Float, s)
		p.Cost, _ = v.(float64)
		return err
	case "worker":
		return word(&p.Worker, e.Value, s)
	case "reload":
		return word(&p.Reload, e.Value, s)
	case "end":
		return p.setEnd(e.Value, s)
	case "restart":
		return p.Restart.set(e.Value, s)
	}
	return fault.New(fault.LintFailed, e.Key.Pos.String(), "policy has no key %q", e.Key.Text)
}

// setEnd reads `never`, or {when: [nodes]}.
func (p *Policy) setEnd(v spec.Value, _ param.Scope) error {
	if v.Text == "never" {
		p.Never = true
		return nil
	}
	when, ok := v.Get("when")
	if !ok {
		return fault.New(fault.LintFailed, v.Pos.String(), "end is never, or {when: [nodes]}")
	}
	for _, n := range when.Items {
		p.End = append(p.End, n.Text)
	}
	if when.Kind == spec.String {
		p.End = append(p.End, when.Text)
	}
	return nil
}

// set reads {when: error, backoff: 1s..30s, give_up: 5 in 10m}.
func (r *Restart) set(v spec.Value, s param.Scope) error {
	for _, e := range v.Entries {
		var err error
		switch e.Key.Text {
		case "when":
			err = word(&r.When, e.Value, s)
		case "backoff":
			err = r.setBackoff(e.Value.Text)
		case "give_up":
			err = r.setGiveUp(e.Value.Text)
		default:
			err = fault.New(fault.LintFailed, e.Key.Pos.String(), "restart has no key %q", e.Key.Text)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// setBackoff reads a span, or two with dots between; an open end keeps its default.
func (r *Restart) setBackoff(text string) error {
	least, most, both := strings.Cut(text, "..")
	if !both {
		most = least
	}
	for _, end := range []struct {
		to   *Span
		text string
	}{{&r.Least, least}, {&r.Most, most}} {
		if end.text == "" {
			continue
		}
		v, err := parseSpan(end.text)
		if err != nil {
			return err
		}
		*end.to = v
	}
	return nil
}

func (r *Restart) setGiveUp(text string) error {
	if text == "never" {
		r.Tries, r.Window = 0, 0
		return nil
	}
	tries, window, ok := strings.Cut(text, " in ")
	if !ok {
		return fault.New(fault.LintFailed, "", "give_up is never, or like \"5 in 10m\"")
	}
	n, err := value.Constraint{Type: value.Int, Min: int64(1), Max: int64(1000)}.Parse(tries)
	if err != nil {
		return err
	}
	r.Tries = int(n.(int64))
	r.Window, err = parseSpan(window)
	return err
}

func parseSpan(text string) (Span, error) {
	v, err := value.Constraint{Type: value.Duration}.Parse(strings.TrimSpace(text))
	d, _ := v.(time.Duration)
	return Span(d), err
}

func span(to *Span, v spec.Value, s param.Scope) error {
	d, err := evaluate(v, value.Duration, s)
	if t, ok := d.(time.Duration); ok {
		*to = Span(t)
	}
	return err
}

func word(to *string, v spec.Value, s param.Scope) error {
	w, err := evaluate(v, value.String, s)
	if text, ok := w.(string); ok {
		*to = text
	}
	return err
}

// evaluate reads a value that may hold references.
func evaluate(v spec.Value, t value.Type, s param.Scope) (any, error) {
	e, err := param.ParseExpr(v)
	if err != nil {
		return nil, err
	}
	return typed(&e, t, s)
}
