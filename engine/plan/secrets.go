package plan

import (
	"sluice/engine/fault"
	"sluice/engine/value"
)

// Secrets lists what the plan hides, in a fixed order: what JSON leaves out when a plan goes to another process. Whoever
// carries it there keeps it out of logs.
func (p *Plan) Secrets() []string { return gather(p.settings()) }

// Unveil gives a plan that was read from JSON what it hid before, as Secrets listed it. It marshals redacted as ever.
// A list of another length is fault.Internal, and then nothing is changed. Call it before anybody else has the plan.
func (p *Plan) Unveil(secrets []string) error { return restore(p.settings(), secrets) }

// Secrets lists what settings hide, in their order.
func Secrets(settings []Setting) []string { return gather([][]Setting{settings}) }

// Unveil does for settings what Plan.Unveil does for a plan. It changes the settings it is given.
func Unveil(settings []Setting, secrets []string) error {
	return restore([][]Setting{settings}, secrets)
}

// settings lists all settings of the plan, wherever they are.
func (p *Plan) settings() [][]Setting {
	var out [][]Setting
	for _, n := range p.Nodes {
		out = append(out, n.Settings)
	}
	for _, l := range p.Pipelines {
		for _, e := range l.Elements {
			out = append(out, e.Props)
		}
		for _, k := range l.Links {
			out = append(out, k.PadProps, k.Queue)
		}
	}
	return out
}

func gather(lists [][]Setting) []string {
	var out []string
	for _, list := range lists {
		for _, s := range list {
			if s.Secret {
				out = append(out, s.Reveal())
			}
		}
	}
	return out
}

func restore(lists [][]Setting, secrets []string) error {
	if have, need := len(secrets), len(gather(lists)); have != need {
		return fault.New(fault.Internal, "", "%d secrets for %d secret settings", have, need)
	}
	at := 0
	for _, list := range lists {
		for i := range list {
			if list[i].Secret {
				list[i].hidden = value.Hidden(secrets[at])
				at++
			}
		}
	}
	return nil
}
