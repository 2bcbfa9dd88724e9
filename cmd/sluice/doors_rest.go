package main

import (
	"net/http"

	"sluice/api"
	"sluice/api/auth/admin"
	"sluice/api/hooks"
	"sluice/api/records"
	"sluice/api/rest"
	"sluice/api/rest/guard"
	"sluice/api/rest/v1"
	"sluice/api/rest/wcs"
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
	entry := admin.New(p.Auth, "rest")
	var list v1.Applications // and no interface that holds a nil pointer
	if p.Apps != nil {
		list = p.Apps
	}
	d, err := rest.New(rest.Options{
		V1: v1.Options{
			Apps: list, Methods: func(name string) bool { _, ok := hooks.Known(name); return ok },
			Engine: p.Engine, Graphs: p.Graphs, Registry: p.Options.Registry, Guard: g, Check: p.Options.Check, Shipped: p.Options.Shipped,
			Folder: p.Config.Graphs, Write: c.Write, Pipelines: c.Pipelines, Version: release, Present: p.Present, Log: log,
		},
		Admit: entry.Admit, Log: log,
	})
	if err != nil {
		return nil, err
	}
	both, err := besides(p, d, entry, rules, log)
	if err != nil {
		return nil, err
	}
	all, err := withStatistics(p, d.Handler())
	if err != nil {
		return nil, err
	}
	const body = 2 << 20 // what is too long is refused by the API, in its own words
	beside := map[string]http.Handler{wcs.Prefix + "/": both.old, wcs.OldPrefix + "/": both.old, hooks.EchoPrefix: hooks.Echo()}
	if p.Records != nil {
		beside[records.Prefix] = p.Records.Handler() // WCS has them here
	}
	return serve.Apart(p, serve.Own{
		Door: both, Handler: all, Listen: c.Listen, TLSListen: c.TLSListen, Key: "rest", MaxBody: body,
		Title: "REST", Path: "/v1/server", Beside: beside,
	})
}
