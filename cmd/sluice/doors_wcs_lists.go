package main

import (
	"context"

	"sluice/api/rest/wcs/call"
	"sluice/api/rest/wcs/connection"
	"sluice/api/rest/wcs/data"
	"sluice/api/rest/wcs/phone"
	"sluice/api/rest/wcs/stream"
	"sluice/api/websocket"
	"sluice/cmd/sluice/serve"
)

// sdkDoor is the door of the Web SDK; nil before it is made.
func sdkDoor(p *serve.Parts) *websocket.Door {
	for _, d := range p.Doors {
		if d, ok := serve.Inside(d).(*websocket.Door); ok {
			return d
		}
	}
	return nil
}

// lists are the calls about streams and connections, and those that nothing is behind yet.
func lists(p *serve.Parts, r *restful) [][]call.Route {
	o := stream.Options{Engine: p.Engine, Specs: p.Options.Registry.Spec, Present: p.Present, Made: made(p, r), Snapshot: pictureOf(p)}
	if p.Records != nil {
		o.Recorder = p.Records
	}
	routes := [][]call.Route{phone.Routes(r.phones)}
	if d := sdkDoor(p); d != nil {
		o.Pages, o.Node = d.Media(), d.Node()
		routes = append(routes, connection.Routes(d.Clients()), data.Routes(d.Clients(), d.Node()))
	}
	return append(routes, stream.Routes(o))
}

// made are the streams of mixers and transcoders, and those that are fetched from elsewhere.
func made(p *serve.Parts, r *restful) func() []stream.Made {
	return func() []stream.Made {
		var all []stream.Made
		for _, m := range p.Mixers.List() {
			all = append(all, stream.Made{Session: m.Session, Name: m.Output, Provider: "MIXER", End: m.Stop})
		}
		for _, one := range r.transcoders.List() {
			all = append(all, stream.Made{
				Session: one.Session, Name: one.Output, Provider: "TRANSCODER",
				End: func(ctx context.Context) error { return r.transcoders.End(ctx, one.URI) },
			})
		}
		for _, f := range r.agents.Fetched() {
			all = append(all, stream.Made{Session: f.Session, Name: f.Name, Provider: f.Provider, End: f.End})
		}
		return all
	}
}
