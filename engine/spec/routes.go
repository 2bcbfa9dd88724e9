package spec

import "gopkg.in/yaml.v3"

// What the maps of the language are called in messages. A hint depends on two of them.
const (
	aRoute   = "a route"
	aRestart = `"restart"`
)

// routes reads route:, a list.
func (w *walker) routes(n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		w.gap("route")
		w.wrongKind(n, `"route"`, "a list").Advise(`begin every route with "- "`)
		return
	}
	for _, item := range n.Content {
		before := w.faults
		r := w.route(item)
		if w.faults > before {
			w.gap("route")
			continue
		}
		w.graph.Routes = append(w.graph.Routes, r)
	}
}

func (w *walker) route(n *yaml.Node) Route {
	if n.Kind == yaml.ScalarNode {
		if _, ok := w.text(n, aRoute); !ok {
			return Route{}
		}
		r, _ := w.routeText(w.spot(n))
		return r
	}
	f, ok := w.fields(n, aRoute, []string{"event", "path", "where", "with", "share"})
	if !ok {
		return Route{}
	}
	f.require("event", `as in {event: rtmp.publish, path: "/{stream...}"}`)
	r := Route{Pos: f.pos, Event: f.text("event"), Path: f.text("path")}
	if r.Event.Set() {
		w.checkEvent(r.Event)
	}
	r.Where, r.With, r.Share = f.entries("where"), f.entries("with"), f.scalar("share")
	return r
}
