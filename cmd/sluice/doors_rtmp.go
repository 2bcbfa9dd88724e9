package main

import (
	"context"
	"crypto/tls"

	"sluice/api"
	"sluice/api/rtmp"
	"sluice/api/rtmp/chunk"
	"sluice/api/rtmp/session"
	"sluice/cmd/sluice/serve"
	"sluice/engine"
	"sluice/engine/run/instance"
)

// rtmpDoor opens RTMP, and RTMPS if there is a certificate.
func rtmpDoor(p *serve.Parts) (api.Door, error) {
	c := p.Config.RTMP
	bounds := chunk.Usual()
	bounds.Message, bounds.Held = int(c.Message), int(c.Message)+bounds.Held-bounds.Message
	o := rtmp.Options{
		Engine: rtmpEngine{p.Engine}, Auth: p.Auth, Listen: c.Listen, Connections: c.Connections, PerAddress: c.PerAddress,
		Session: session.Options{Idle: c.Idle, Bounds: bounds}, Log: p.Log.With("door", "rtmp"),
	}
	if p.Certificates != nil {
		o.TLSListen = c.TLSListen
		o.TLS = &tls.Config{GetCertificate: p.Certificates.Get, MinVersion: tls.VersionTLS12}
	}
	if len(o.Listen)+len(o.TLSListen) == 0 {
		return nil, nil //nolint:nilnil // it is switched off
	}
	d, err := rtmp.New(o)
	if err != nil {
		return nil, err
	}
	return serve.Optional(p, d, "rtmp.listen", "rtmp.tls_listen"), nil
}

// rtmpEngine is the engine as RTMP sees it.
type rtmpEngine struct{ *serve.Gate }

// Raise implements rtmp.Engine.
func (e rtmpEngine) Raise(ctx context.Context, ev engine.Event) (rtmp.Instance, error) {
	i, err := e.Gate.Raise(ctx, ev)
	if err != nil {
		return nil, err // and no Instance that holds a nil pointer
	}
	return instance.Visit{Instance: i}, nil // which may go on without its client
}
