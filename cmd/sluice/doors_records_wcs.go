package main

import (
	"context"

	"sluice/api/records"
	"sluice/api/records/shelf"
	"sluice/api/rest/wcs/call"
	doormixer "sluice/api/rest/wcs/mixer"
	"sluice/cmd/sluice/serve"
)

// recordMixers has mixers recorded whose startup says "record", and find_all tell which mixers are recorded. Whatever becomes of the
// recording, the mixer is there.
func recordMixers(p *serve.Parts, routes []call.Route) []call.Route {
	for i, r := range routes {
		switch r.Path {
		case "/mixer/startup":
			routes[i].Do = func(ctx context.Context, q *call.Request) (any, error) {
				wanted, _ := q.Flag("record")
				answer, err := r.Do(ctx, q)
				if err == nil && wanted {
					recordMixer(ctx, p, q.Text("uri"))
				}
				return answer, err
			}
		case "/mixer/find_all":
			routes[i].Do = func(ctx context.Context, q *call.Request) (any, error) {
				answer, err := r.Do(ctx, q)
				if list, ok := answer.([]doormixer.Info); ok && p.Records != nil {
					tellRecorded(list, p.Records.Running())
				}
				return answer, err
			}
		}
	}
	return routes
}

// tellRecorded says of mixers whether they are being recorded, be it since a call wants it or by the name of their streams.
func tellRecorded(list []doormixer.Info, running []records.Request) {
	streams := map[string]bool{}
	for _, q := range running {
		streams[q.Stream] = true
	}
	for i := range list {
		list[i].Record = streams[list[i].LocalStreamName]
	}
}

func recordMixer(ctx context.Context, p *serve.Parts, uri string) {
	if p.Records == nil {
		p.Log.Warn("a mixer is not recorded, since nothing is", "mixer", uri)
		return
	}
	for _, m := range p.Mixers.List() {
		if "mixer://"+m.Name != uri {
			continue
		}
		if _, err := p.Records.Start(ctx, records.Request{About: shelf.About{Stream: m.Output, MediaSession: m.Session}}); err != nil {
			p.Log.Warn("a mixer is not recorded", "mixer", uri, "err", err)
		}
	}
}
