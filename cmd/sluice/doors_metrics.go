package main

import (
	"sluice/api"
	"sluice/api/auth"
	"sluice/api/auth/admin"
	"sluice/api/calls"
	doorhls "sluice/api/hls"
	"sluice/api/metrics"
	"sluice/api/rtmp"
	"sluice/api/rtsp"
	"sluice/api/srt"
	"sluice/api/vod"
	"sluice/api/websocket"
	"sluice/api/whip"
	"sluice/cmd/sluice/serve"
)

// metricsDoor opens the metrics on addresses of their own. It comes last, since it tells of the other doors.
func metricsDoor(p *serve.Parts) (api.Door, error) {
	const named = 1000 // streams, each with two series
	c := p.Config.Metrics
	if len(c.Listen)+len(c.TLSListen) == 0 {
		return nil, nil //nolint:nilnil // it is switched off
	}
	o := metrics.Options{
		Sources: metrics.Sources{
			Engine: p.Engine, Peers: p.Peers.Totals, Workers: p.Options.Count, Graphs: p.Graphs.Current, Elements: p.Options.Registry.Spec,
			Sessions: sessionsOf(p.Doors),
			Sockets:  socketsOf(p.Doors), Connections: connectionsOf(p.Webs), Requests: p.Requests, Reloads: p.Reloads,
			Decisions: p.Auth.Counts, Hooks: calledBack(p.Hooks), Films: filmsOf(p.Doors), Phones: phonesOf(p), Version: release,
		},
		Admit: admin.For(auth.Metrics, p.Auth, "metrics").Admit, Log: p.Log.With("door", "metrics"),
	}
	if c.Streams {
		o.Streams = named
	}
	d, err := metrics.New(o)
	if err != nil {
		return nil, err
	}
	return serve.Apart(p, serve.Own{
		Door: d, Handler: d.Handler(), Listen: c.Listen, TLSListen: c.TLSListen, Key: "metrics", MaxBody: 1,
		Title: "metrics", Path: metrics.Path,
	})
}

// sessionsOf counts who publishes and plays, by door.
func sessionsOf(doors []api.Door) func() []metrics.Sessions {
	return func() []metrics.Sessions {
		var all []metrics.Sessions
		add := func(protocol, direction string, n int) {
			all = append(all, metrics.Sessions{Protocol: protocol, Direction: direction, Count: n})
		}
		for _, d := range doors {
			switch d := serve.Inside(d).(type) {
			case *rtmp.Door:
				n := d.Counts()
				add("rtmp", metrics.Publish, n.Publishers)
				add("rtmp", metrics.Play, n.Players)
			case *rtsp.Door:
				n := d.Counts()
				add("rtsp", metrics.Publish, n.Publishing)
				add("rtsp", metrics.Play, n.Playing)
			case *doorhls.Door:
				add("hls", metrics.Play, d.Counts().Viewers)
			case *srt.Door:
				n := d.Counts()
				add("srt", metrics.Publish, n.Publishers)
				add("srt", metrics.Play, n.Players)
			case *whip.Door:
				n := d.Counts()
				add("whip", metrics.Publish, n.WHIP)
				add("whep", metrics.Play, n.WHEP)
			case *websocket.Door:
				n := d.Counts()
				add("websocket", metrics.Publish, n.Publishing)
				add("websocket", metrics.Play, n.Playing)
			}
		}
		return all
	}
}

// filmsOf counts what was asked of the folder of films in vain.
func filmsOf(doors []api.Door) func() metrics.Films {
	return func() metrics.Films {
		for _, d := range doors {
			if d, ok := serve.Inside(d).(*vod.Door); ok {
				n := d.Counts()
				return metrics.Films{Refused: n.Refused, Missing: n.Missing}
			}
		}
		return metrics.Films{}
	}
}

// phonesOf counts telephone calls; nil without SIP.
func phonesOf(p *serve.Parts) func() metrics.Phones {
	d := phoneDoor(p)
	if d == nil {
		return nil
	}
	return func() metrics.Phones {
		n := d.Lines().Counts()
		all := metrics.Phones{
			Lines: n.Registrations, PacketsIn: n.Media.Received, PacketsOut: n.Media.Sent, LostIn: n.Media.LostIn, LostOut: n.Media.LostOut,
			In:      metrics.PhoneCalls{Now: n.Incoming, Begun: n.In, Ends: map[calls.Cause]uint64{}},
			Out:     metrics.PhoneCalls{Now: n.Outgoing, Begun: n.Out, Ends: map[calls.Cause]uint64{}},
			Refused: make(map[string]uint64, len(n.Refused)),
		}
		for end, k := range n.Ends {
			if end.Incoming {
				all.In.Ends[end.Cause] = k
			} else {
				all.Out.Ends[end.Cause] = k
			}
		}
		for why, k := range n.Refused {
			all.Refused[string(why)] = k
		}
		return all
	}
}

// socketsOf counts the WebSockets.
func socketsOf(doors []api.Door) func() metrics.Sockets {
	return func() metrics.Sockets {
		for _, d := range doors {
			if d, ok := serve.Inside(d).(*websocket.Door); ok {
				n := d.Counts()
				return metrics.Sockets{Open: n.Sockets, Away: n.Away}
			}
		}
		return metrics.Sockets{}
	}
}

// connectionsOf counts who is connected, by web server.
func connectionsOf(webs map[string]*api.Web) func() map[string]int {
	return func() map[string]int {
		n := make(map[string]int, len(webs))
		for name, w := range webs {
			n[name] = w.Connections()
		}
		return n
	}
}
