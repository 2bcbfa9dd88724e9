package main

import (
	"slices"
	"sync/atomic"

	"sluice/api"
	"sluice/api/mixer"
	"sluice/api/rest/guard"
	"sluice/cmd/sluice/serve"
	"sluice/engine/element"
	"sluice/engine/param"
	"sluice/engine/plan"
	"sluice/engine/store"
)

// mixerDoor begins mixers: those of the REST API, whose door comes later, and those that begin by the names of streams.
func mixerDoor(p *serve.Parts) (api.Door, error) {
	c, rules := p.Config.Mixer, p.Config.REST
	folders := rules.Folders
	if folder := p.Config.Media.Folder; folder != "" { // where pictures are
		folders = append(slices.Clone(folders), folder)
	}
	g, err := guard.New(guard.Rules{Folders: folders, Hosts: rules.Hosts, Elements: rules.Elements}, p.Options.Registry.Spec)
	if err != nil {
		return nil, err
	}
	looks := mixerLook{graphs: p.Graphs, registry: p.Options.Registry, guard: g}
	p.Mixers = mixer.New(mixer.Options{
		Engine: p.Engine, AutoStart: c.AutoStart, Idle: c.IdleTimeout, Most: c.Most, Log: p.Log.With("door", "mixer"), Check: looks.look,
		Usual: mixer.Settings{
			Audio: true, Video: true, Width: c.VideoWidth, Height: c.VideoHeight, FPS: c.VideoFPS, Bitrate: int(c.VideoBitrate),
			Layout: c.Layout, Labels: c.DisplayStreamName, MCUAudio: c.MCUAudio, MCUVideo: c.MCUVideo,
		},
	})
	return p.Mixers, nil
}

// mixerLook looks at the graphs of mixers of which callers of an API wrote a part: they may touch what graphs of callers may, and the
// folder of pictures. Where they may connect to is the engine's business.
type mixerLook struct {
	graphs   *store.Store
	registry *element.Registry
	guard    *guard.Guard
}

// look is a mixer.Options.Check. What callers wrote is a caller's for good, for they may remove it while it runs.
func (l mixerLook) look(graph string, params map[string]any) (func(*plan.Plan) error, error) {
	var theirs atomic.Bool
	of := func() bool {
		if !theirs.Load() && l.graphs.Current().OfCallers(graph) {
			theirs.Store(true)
		}
		return theirs.Load()
	}
	if of() {
		if err := l.ahead(graph, params); err != nil {
			return nil, err
		}
	}
	return func(p *plan.Plan) error {
		if !of() {
			return nil
		}
		return l.guard.Plan(p)
	}, nil
}

// ahead looks at a graph with a guest of whom nothing is known yet: one that could take none need not begin.
func (l mixerLook) ahead(graph string, params map[string]any) error {
	set := l.graphs.Current()
	g, ok := set.Graph(graph)
	if !ok {
		return nil // the engine says so
	}
	t, err := plan.Compile(g, set, l.registry)
	if err != nil {
		return err
	}
	p, err := t.Resolve(plan.Inputs{Params: params, Scope: param.Env(func(string) bool { return true })})
	if err != nil {
		return err
	}
	return l.guard.Ahead(p)
}
