package main

import (
	"crypto/tls"

	"sluice/api"
	"sluice/api/rtmp"
	"sluice/api/rtmp/chunk"
	"sluice/api/rtmp/session"
	"sluice/api/visitor"
	"sluice/cmd/sluice/serve"
)

// rtmpDoor opens RTMP, and RTMPS if there is a certificate.
func rtmpDoor(p *serve.Parts) (api.Door, error) {
	c := p.Config.RTMP
	bounds := chunk.Usual()
	bounds.Message, bounds.Held = int(c.Message), int(c.Message)+bounds.Held-bounds.Message
	o := rtmp.Options{
		Engine: visitor.UseEngine(p.Engine), Claims: p.Engine.Claims, Auth: alsoAsked(p), Listen: c.Listen, Login: c.Login,
		Connections: c.Connections, PerAddress: c.PerAddress,
		Session: session.Options{Idle: c.Idle, Bounds: bounds}, Present: p.Present, Pages: p.Flash,
		Bus: p.Engine.Bus(), Log: p.Log.With("door", "rtmp"),
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
