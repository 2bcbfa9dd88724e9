package main

import (
	"sluice/api"
	"sluice/api/srt"
	"sluice/api/visitor"
	"sluice/cmd/sluice/serve"
)

// srtDoor opens SRT.
func srtDoor(p *serve.Parts) (api.Door, error) {
	c := p.Config.SRT
	if len(c.Listen) == 0 {
		return nil, nil //nolint:nilnil // it is switched off
	}
	d, err := srt.New(srt.Options{
		Engine: visitor.UseEngine(p.Engine), Auth: alsoAsked(p), Listen: c.Listen, Passphrase: c.Passphrase, Clear: c.Clear,
		Latency: c.Latency, Silence: c.Silence, Idle: c.Idle, Timeout: c.Timeout, Connections: c.Connections, PerAddress: c.PerAddress,
		Present: p.Present, Log: p.Log.With("door", "srt"),
	})
	if err != nil {
		return nil, err
	}
	return serve.Optional(p, d, "srt.listen"), nil
}
