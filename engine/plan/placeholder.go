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
		scheme := "rtsp"
		for _, v := range trigger.Vars {
			out[v.Name] = nil
			if v.Type == value.String {
				out[v.Name] = "{" + v.Name + "}"
			}
		}
		for _, w := range route.Where { // conditions say what the variable will be
			if v := w.Value; len(v.Items) > 0 {
				out[w.Key.Text] = v.Items[0].Text
			} else {
				out[w.Key.Text] = v.Text
			}
			if w.Key.Text == "scheme" {
				scheme, _ = out["scheme"].(string)
			}
		}
		for _, v := range trigger.Vars {
			if v.Type == value.URI {
				out[v.Name] = scheme + "://" + v.Name
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
