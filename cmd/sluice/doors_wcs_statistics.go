package main

import (
	"net/http"

	"sluice/api/auth"
	"sluice/api/auth/admin"
	"sluice/api/calls"
	"sluice/api/rest/wcs"
	"sluice/api/rest/wcs/statistics"
	"sluice/api/sip"
	"sluice/api/websocket/wire"
	"sluice/cmd/sluice/serve"
	"sluice/elements/webrtc"
)

// withStatistics has requests for the statistics of WCS ("/?action=stat") be answered, by whose rights the metrics are read, and passes
// on all others.
func withStatistics(p *serve.Parts, next http.Handler) (http.Handler, error) {
	stat, err := wcs.New(wcs.Options{
		Admit: admin.For(auth.Metrics, p.Auth, "metrics").Admit, Origins: p.Config.REST.Origins, Log: p.Log.With("door", "statistics"),
		Routes: statistics.Routes(statistics.New(statisticsOf(p))),
	})
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" && statistics.Wanted(r.URL.RawQuery) {
			stat.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	}), nil
}

// statisticsOf is who is asked for statistics. Doors that are made later are asked, too.
func statisticsOf(p *serve.Parts) statistics.Sources {
	return statistics.Sources{
		Engine: p.Engine, Present: p.Present, MaxPeers: p.Config.WebRTC.MaxPeers, MaxRequests: p.Config.Web.Connections,
		Machine: statistics.Proc("/proc"),
		Pages: func() []wire.Listed {
			if d := sdkDoor(p); d != nil {
				return d.Media().List()
			}
			return nil
		},
		Sockets: func() int {
			if d := sdkDoor(p); d != nil {
				return d.Counts().Sockets
			}
			return 0
		},
		Peers: func() int { return peersOf(p.Peers.Totals()) },
		Requests: func() int {
			if w := p.Webs["rest"]; w != nil {
				return w.Connections()
			}
			return 0
		},
		Calls: func() statistics.Calls { return callsOf(phoneDoor(p)) },
		Workers: func() int {
			if p.Options.Count == nil {
				return 0
			}
			n, _, _ := p.Options.Count()
			return n.Workers
		},
	}
}

// callsOf are telephone calls; none without SIP.
func callsOf(d *sip.Door) statistics.Calls {
	if d == nil {
		return statistics.Calls{}
	}
	n := d.Lines().Counts()
	c := statistics.Calls{InTotal: int(n.In), OutTotal: int(n.Out), Registered: n.Registrations[calls.Registered]}
	for _, k := range n.Registrations {
		c.Lines += k
	}
	count := func(of map[calls.State]int) (sum int) {
		for state, k := range of {
			sum += k
			if state == calls.Established || state == calls.OnHold {
				c.Established += k
			}
		}
		return sum
	}
	c.In, c.Out = count(n.Incoming), count(n.Outgoing)
	return c
}

// peersOf are all clients of WebRTC.
func peersOf(t webrtc.Totals) int {
	return t.Publishing.Connecting + t.Publishing.Connected + t.Playing.Connecting + t.Playing.Connected
}
