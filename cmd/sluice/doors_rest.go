package main

import (
	"sluice/api"
	"sluice/api/auth/admin"
	"sluice/api/rest"
	"sluice/api/rest/guard"
	"sluice/api/rest/v1"
	"sluice/cmd/sluice/serve"
)

// restDoor opens the REST API on addresses of its own.
func restDoor(p *serve.Parts) (api.Door, error) {
	c := p.Config.REST
	log := p.Log.With("door", "rest")
	rules := guard.Rules{Folders: c.Folders, Hosts: c.Hosts, Elements: c.Elements, Environment: c.Environment}
	g, err := guard.New(rules, p.Options.Registry.Spec)
	if err != nil {
		return nil, err
	}
	d, err := rest.New(rest.Options{
		V1: v1.Options{
			Engine: p.Engine, Graphs: p.Graphs, Registry: p.Options.Registry, Guard: g, Check: p.Options.Check, Shipped: p.Options.Shipped,
			Folder: p.Config.Graphs, Write: c.Write, Pipelines: c.Pipelines, Version: release, Log: log,
		},
		Admit: admin.New(p.Auth, "rest").Admit, Log: log,
	})
	if err != nil {
		return nil, err
	}
	const body = 2 << 20 // what is too long is refused by the API, in its own words
	return serve.Apart(p, serve.Own{
		Door: d, Handler: d.Handler(), Listen: c.Listen, TLSListen: c.TLSListen, Key: "rest", MaxBody: body, Title: "REST", Path: "/v1/server",
	})
}
