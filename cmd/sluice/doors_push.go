package main

import (
	"log/slog"
	"time"

	"sluice/api/hls/catalog"
	"sluice/api/hls/outlet"
	"sluice/api/rest/guard"
	wcshls "sluice/api/rest/wcs/hls"
	"sluice/api/rest/wcs/pull"
	"sluice/api/rest/wcs/push"
	"sluice/cmd/sluice/serve"
)

// clock is the time there is.
type clock struct{}

func (clock) Now() time.Time                         { return time.Now() }
func (clock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// pushes are those of /rest-api/push. They connect to what callers may connect to by the rules.
func pushes(p *serve.Parts, g *guard.Guard, log *slog.Logger) *push.Pushes {
	return push.New(push.Options{
		Engine: p.Engine, Sounds: sounds(p), Pipelines: p.Config.REST.Pipelines, Check: g.Plan, Reach: g.Reach, Log: log, Clock: clock{},
	})
}

// agents are those of /rest-api/rtsp and /rest-api/pull.
func agents(p *serve.Parts, g *guard.Guard, log *slog.Logger) *pull.Agents {
	return pull.New(pull.Options{
		Engine: p.Engine, Pipelines: p.Config.REST.Pipelines, Check: g.Plan, Reach: g.Reach, Log: log, Clock: clock{},
	})
}

// segmented are the streams of /rest-api/hls.
func segmented(p *serve.Parts) *wcshls.Streams {
	all := catalog.New() // closed: there is no HLS
	if f, ok := p.Options.Registry.Factory("hls.out"); ok {
		if out, ok := f.(outlet.Out); ok {
			all = out.Catalog()
		}
	}
	return wcshls.New(wcshls.Options{Engine: p.Engine, Catalog: all, Clock: clock{}})
}
