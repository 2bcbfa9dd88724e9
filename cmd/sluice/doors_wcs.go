package main

import (
	"context"
	"log/slog"
	"slices"

	"sluice/api/auth/admin"
	"sluice/api/rest"
	"sluice/api/rest/guard"
	"sluice/api/rest/wcs"
	wcshls "sluice/api/rest/wcs/hls"
	doormixer "sluice/api/rest/wcs/mixer"
	"sluice/api/rest/wcs/phone"
	"sluice/api/rest/wcs/picture"
	"sluice/api/rest/wcs/pull"
	"sluice/api/rest/wcs/push"
	"sluice/api/rest/wcs/transcoder"
	"sluice/cmd/sluice/serve"
	"sluice/engine/media/still"
)

// restful is the REST API and, at the same addresses, the one that is compatible with WCS.
type restful struct {
	*rest.Door
	old         *wcs.Handler
	transcoders *transcoder.Transcoders
	pushes      *push.Pushes
	agents      *pull.Agents
	segmented   *wcshls.Streams
	phones      *phone.Calls
}

// besides adds the API that is compatible with WCS to a door. Its graphs may touch what those of callers may by the rules, and the
// folder of pictures.
func besides(p *serve.Parts, d *rest.Door, entry *admin.Entry, rules guard.Rules, log *slog.Logger) (*restful, error) {
	if folder := p.Config.Media.Folder; folder != "" {
		rules.Folders = append(slices.Clone(rules.Folders), folder)
	}
	g, err := guard.New(rules, p.Options.Registry.Spec)
	if err != nil {
		return nil, err
	}
	pictures := picture.New(p.Config.Media.Folder, still.Check)
	r := &restful{Door: d, transcoders: transcoder.New(transcoder.Options{
		Engine: p.Engine, Graph: "wcs/transcoder", Pictures: pictures, Idle: p.Config.Transcoder.IdleTimeout,
		Pipelines: p.Config.REST.Pipelines, Check: g.Plan, Reach: g.Reach, Log: log, Clock: clock{},
	})}
	r.pushes, r.agents, r.segmented, r.phones = pushes(p, g, log), agents(p, g, log), segmented(p), phones(p, g, log)
	r.old, err = wcs.New(wcs.Options{
		Admit: callers(p, entry).Admit, Origins: p.Config.REST.Origins, Refused: d.Refused, Log: log,
		Routes: slices.Concat(append(lists(p, r),
			transcoder.Routes(r.transcoders),
			push.Routes(r.pushes),
			pull.Routes(r.agents),
			wcshls.Routes(r.segmented),
			recordMixers(p, doormixer.Routes(p.Mixers, pictures)),
		)...),
	})
	return r, err
}

// Close implements api.Door.
func (r *restful) Close(ctx context.Context) error {
	r.transcoders.Close()
	r.pushes.Close()
	r.agents.Close()
	r.segmented.Close()
	r.phones.Close()
	return r.Door.Close(ctx)
}
