package plan

import (
	"strings"

	"sluice/engine/param"
	"sluice/engine/value"
)

// Placeholders is a scope for showing a graph before anything has happened: captures and text variables stand as
// "{name}", sessions as their names, and what has no sensible stand-in is left unset.
func (t *Template) Placeholders() param.Scope {
	out := param.Values{}
	for _, route := range t.routes {
		for _, name := range captures(route.Path.Text) {
			out[name] = "{" + name + "}"
		}
		trigger, ok := t.reg.Trigger(route.Event.Text)
		if !ok {
			continue
		}
		for _, v := range trigger.Vars {
			if v.Type == value.String || v.Type == value.URI {
				out[v.Name] = "{" + v.Name + "}"
			} else {
				out[v.Name] = nil
			}
		}
		out["session.id"] = "{session.id}"
		for _, s := range trigger.Sessions {
			out[s] = s
		}
	}
	return out
}

// captures lists the names between braces in a pattern.
func captures(pattern string) []string {
	var out []string
	for seg := range strings.SplitSeq(pattern, "/") {
		if name, ok := strings.CutPrefix(seg, "{"); ok {
			out = append(out, strings.TrimSuffix(strings.TrimSuffix(name, "}"), "..."))
		}
	}
	return out
}
