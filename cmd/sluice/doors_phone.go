package main

import (
	"log/slog"

	"sluice/api/calls"
	"sluice/api/rest/guard"
	"sluice/api/rest/wcs/call"
	"sluice/api/rest/wcs/phone"
	"sluice/api/vod"
	"sluice/cmd/sluice/serve"
)

// phones are the calls of /rest-api/call. What they send elsewhere goes where callers may send things by the rules.
func phones(p *serve.Parts, g *guard.Guard, log *slog.Logger) *phone.Calls {
	o := phone.Options{
		Engine: p.Engine, Sounds: sounds(p), Streams: p.Engine.Streams().Has, Admits: g.Address, Reach: g.Reach, Log: log, Clock: clock{},
		Room: func() error { return call.Room(len(p.Engine.Instances().Instances()), p.Config.REST.Pipelines) },
	}
	if d := sdkDoor(p); d != nil {
		o.Node = d.Node()
	}
	if d := phoneDoor(p); d != nil {
		o.Lines = d.Lines()
		o.All = func() []calls.Call {
			var all []calls.Call
			for _, c := range d.Lines().Calls() {
				all = append(all, c)
			}
			return all
		}
	}
	return phone.New(o)
}

// sounds is the folder of files that are heard in calls and pushes.
func sounds(p *serve.Parts) *vod.Folder {
	if f, ok := p.Options.Registry.Factory("vod.in"); ok {
		if in, ok := f.(vod.In); ok {
			return in.Folder()
		}
	}
	return &vod.Folder{} // closed: no sound is found in it
}
