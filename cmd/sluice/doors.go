package main

import (
	"slices"

	"sluice/api"
	doorconsole "sluice/api/console"
	"sluice/api/visitor"
	"sluice/api/whip"
	"sluice/cmd/sluice/serve"
)

// whipDoor opens WHIP and WHEP. They answer under so many addresses that they take all requests which nobody else takes.
func whipDoor(p *serve.Parts) (api.Door, error) {
	c := p.Config.WHIP
	d, err := whip.New(whip.Options{
		Engine: visitor.UseEngine(p.Engine), Peers: whip.UsePeers(p.Peers), Auth: alsoAsked(p), Present: p.Present,
		Log: p.Log.With("door", "whip"), ICEServers: iceServers(p), Origins: c.Origins, Sessions: c.Sessions, Timeout: c.Timeout,
	})
	if err != nil {
		return nil, err
	}
	return d, p.Web.Handle("/", p.Requests.Count(d.Name(), d.Handler()))
}

// consoleDoor opens the small built-in page.
func consoleDoor(p *serve.Parts) (api.Door, error) {
	d, err := doorconsole.New(doorconsole.Options{Streams: p.Engine.Streams(), Auth: p.Auth, Log: p.Log.With("door", "console")})
	if err != nil {
		return nil, err
	}
	all, err := withStatistics(p, d.Handler())
	if err != nil {
		return nil, err
	}
	for _, pattern := range d.Paths() {
		if err := p.Web.Handle(pattern, p.Requests.Count(d.Name(), all)); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// iceServers are those that everybody is told of, and the relay with credentials of each one's own.
func iceServers(p *serve.Parts) func(user string) []whip.ICEServer {
	return func(user string) []whip.ICEServer {
		list := p.Config.WebRTC.ICEServers
		if p.Relay != nil {
			list = slices.Concat(p.Relay(user), list)
		}
		out := make([]whip.ICEServer, 0, len(list))
		for _, s := range list {
			out = append(out, whip.ICEServer{URL: s.URL, Username: s.Username, Credential: s.Credential})
		}
		return out
	}
}
