package expect

import (
	"slices"
	"strings"

	"sluice/engine/spec"
)

// Route is an event that must start the graph that has the test.
type Route struct {
	Event, Path spec.Text
	Vars        map[string]string // of the event; nil if none
	Captures    map[string]string // what must be captured, as far as the test says; nil if nothing
}

// routes reads {event: path}, the long form {event, path, vars, captures}, or a list of both.
func (r *reader) routes(v spec.Value) {
	if v.Kind == spec.List {
		for _, item := range v.Items {
			r.route(item)
		}
		return
	}
	r.route(v)
}

func (r *reader) route(v spec.Value) {
	if v.Kind != spec.Map {
		r.tell(v.Pos, CodeBad, `"route" is a map of events to paths; this is %q`, short(shown(v))).Advise("as in {rtmp.publish: /live/cam}")
		return
	}
	long := slices.ContainsFunc(v.Entries, func(e spec.Entry) bool { return e.Key.Text == "event" })
	if long {
		r.longRoute(v)
		return
	}
	for _, e := range v.Entries {
		one := Route{Event: e.Key, Path: spec.Text{Text: e.Value.Text, Pos: e.Value.Pos}}
		r.path(e.Value)
		r.out.Routes = append(r.out.Routes, one)
	}
}

func (r *reader) longRoute(v spec.Value) {
	var one Route
	for _, e := range r.keys(spec.Entry{Key: spec.Text{Text: "route", Pos: v.Pos}, Value: v}, []string{"event", "path", "vars", "captures"}) {
		switch e.Key.Text {
		case "event":
			one.Event = spec.Text{Text: e.Value.Text, Pos: e.Value.Pos}
		case "path":
			one.Path = spec.Text{Text: e.Value.Text, Pos: e.Value.Pos}
			r.path(e.Value)
		case "vars":
			one.Vars = r.pairs(e)
		case "captures":
			one.Captures = r.pairs(e)
		}
	}
	if !one.Path.Set() {
		r.tell(v.Pos, CodeBad, `"route" names no path`).Advise("as in {event: rtmp.publish, path: /live/cam}")
	}
	r.out.Routes = append(r.out.Routes, one)
}

func (r *reader) path(v spec.Value) {
	if v.Kind >= spec.List || !strings.HasPrefix(v.Text, "/") {
		r.tell(v.Pos, CodeBad, "%q is not a path", short(shown(v))).Advise(`a path begins with "/"`)
	}
}

// pairs reads a map of names to texts.
func (r *reader) pairs(e spec.Entry) map[string]string {
	if e.Value.Kind != spec.Map {
		r.tell(e.Value.Pos, CodeBad, "%q must be a map of names to texts", e.Key.Text).Advise("as in {app: live}")
		return nil
	}
	out := map[string]string{}
	for _, p := range e.Value.Entries {
		if p.Value.Kind >= spec.List {
			r.tell(p.Value.Pos, CodeBad, "%q of %q must be a text", short(p.Key.Text), e.Key.Text).Advise("as in {app: live}")
			continue
		}
		out[p.Key.Text] = p.Value.Text
	}
	return out
}
