package elementtest

import (
	"fmt"
	"strings"

	"sluice/engine/element"
	"sluice/engine/value"
)

// Outline writes what matters of a description to graphs as text, for tests to hold against a design: the sessions, each
// port with its codecs, and each field with its type, default and limits.
//
//	browser
//	audio <- opus pcmu              takes these, best first; "->" gives them; "in order" takes no B-frames
//	wait: duration 0s (0s..1m)      "*" after the name must be set, "~" may change while playing, "#" shapes the plan
func Outline(s element.Spec) string {
	var lines []string
	if len(s.Sessions) > 0 {
		lines = append(lines, strings.Join(s.Sessions, " "))
	}
	for _, p := range s.Ports {
		arrow := " <-"
		if p.Dir == element.Source {
			arrow = " ->"
		}
		line := p.Name + arrow
		for _, c := range p.Codecs {
			line += " " + string(c)
		}
		if p.InOrder {
			line += ", in order"
		}
		lines = append(lines, line)
	}
	for _, f := range s.Fields {
		lines = append(lines, outlineField(f))
	}
	return strings.Join(lines, "\n")
}

func outlineField(f element.Field) string {
	name := f.Name
	for _, mark := range []struct {
		set  bool
		text string
	}{{f.Required, "*"}, {f.Live, "~"}, {f.Structural, "#"}} {
		if mark.set {
			name += mark.text
		}
	}
	c := f.Constraint
	line := name + ": " + string(c.Type)
	if f.Default != nil {
		line += " " + value.Text(f.Default)
	}
	switch {
	case len(c.Of) > 0:
		line += " (" + strings.Join(c.Of, " ") + ")"
	case c.Min != nil || c.Max != nil:
		line += fmt.Sprintf(" (%s..%s)", value.Text(c.Min), value.Text(c.Max))
	case c.Pattern != "":
		line += " /" + c.Pattern + "/"
	case c.Item != nil:
		line += " of " + string(c.Item.Type)
	}
	return line
}

// OutlineEvents writes events as text, a line for each: its name, "/" if it has a path, its sessions, and its variables.
func OutlineEvents(list []element.Trigger) string {
	lines := make([]string, 0, len(list))
	for _, t := range list {
		line := t.Event
		if t.Path {
			line += " /"
		}
		for _, s := range t.Sessions {
			line += " $" + s
		}
		for _, v := range t.Vars {
			line += " " + v.Name + ":" + string(v.Type)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
