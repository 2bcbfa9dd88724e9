package route

import (
	"errors"
	"strings"
	"unicode/utf8"

	"sluice/engine/spec"
)

// The codes of Entries' diagnostics.
const (
	CodeEvent = "route_event"
	CodePath  = "route_path"
	CodeWhere = "route_where"
)

// Entries turns the routes of a graph into entries. Routes with an error are left out and reported, with the codes
// above; the others are returned.
func Entries(g *spec.Graph) ([]Entry, []spec.Diagnostic) {
	var out []Entry
	var report spec.Report
	for i := range g.Routes {
		if e, ok := entry(g, &g.Routes[i], &report); ok {
			out = append(out, e)
		}
	}
	return out, report.List()
}

func entry(g *spec.Graph, r *spec.Route, report *spec.Report) (Entry, bool) {
	e := Entry{Event: r.Event.Text, Graph: g.Name, Pos: r.Pos, With: r.With, Share: r.Share}
	ok := true
	if !isEvent(e.Event) {
		report.Errorf(place(r.Event, r.Pos), CodeEvent, "%q cannot be the name of an event", e.Event).
			Advise(`write it as in "rtmp.publish"`)
		ok = false
	}
	if r.Path.Set() {
		p, err := ParsePattern(r.Path.Text)
		if err != nil {
			reportPattern(r.Path, err, report)
			ok = false
		}
		e.Pattern = p
	}
	for _, w := range r.Where {
		c, good := condition(w, report)
		e.Where = append(e.Where, c)
		ok = ok && good
	}
	e.Where = normal(e.Where)
	return e, ok
}

func reportPattern(path spec.Text, err error, report *spec.Report) {
	pos, hint := path.Pos, ""
	if pe := (*PatternError)(nil); errors.As(err, &pe) {
		pos.Col += utf8.RuneCountInString(path.Text[:min(pe.Offset, len(path.Text))])
		hint = pe.Hint
	}
	report.Errorf(pos, CodePath, "%q is not a path pattern: %v", path.Text, err).Advise("%s", hint)
}

// condition reads one entry under where: a scalar, or a list of scalars of which any will do.
func condition(w spec.Entry, report *spec.Report) (Condition, bool) {
	c := Condition{Name: w.Key.Text}
	items := []spec.Value{w.Value}
	if w.Value.Kind == spec.List {
		items = w.Value.Items
	}
	if len(items) == 0 {
		report.Errorf(w.Value.Pos, CodeWhere, "an empty list for %q lets no event through", c.Name)
		return c, false
	}
	for _, v := range items {
		switch {
		case v.Kind == spec.List || v.Kind == spec.Map || v.Kind == spec.Null:
			report.Errorf(v.Pos, CodeWhere, "the condition on %q needs a text, a number or a list of them", c.Name)
			return c, false
		case strings.HasPrefix(v.Text, "$"):
			report.Errorf(v.Pos, CodeWhere, "the condition on %q cannot refer to %s", c.Name, v.Text).
				Advise("routes are compared before any parameter has a value; write the value itself")
			return c, false
		}
		c.Values = append(c.Values, v.Text)
	}
	return c, true
}

// isEvent tells whether s is names joined by dots.
func isEvent(s string) bool {
	for part := range strings.SplitSeq(s, ".") {
		if !isName(part) {
			return false
		}
	}
	return true
}

func place(t spec.Text, otherwise spec.Pos) spec.Pos {
	if t.Set() {
		return t.Pos
	}
	return otherwise
}
