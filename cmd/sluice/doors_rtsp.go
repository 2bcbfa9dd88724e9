package main

import (
	"context"
	"crypto/tls"

	"sluice/api"
	"sluice/api/rtsp"
	"sluice/cmd/sluice/serve"
	"sluice/engine"
	"sluice/engine/run/instance"
)

// rtspDoor opens RTSP, and RTSPS if there is a certificate.
func rtspDoor(p *serve.Parts) (api.Door, error) {
	c := p.Config.RTSP
	o := rtsp.Options{
		Engine: rtspEngine{p.Engine}, Auth: p.Auth, Listen: c.Listen, UDP: c.UDP, Multicast: c.Multicast, MulticastPort: c.MulticastPort,
		Sessions: c.Sessions, Connections: c.Connections, PerAddress: c.PerAddress,
		Timeout: c.Timeout, Idle: c.Idle, Silence: c.Silence, Log: p.Log.With("door", "rtsp"),
	}
	if o.UDP == "off" {
		o.UDP = ""
	}
	if p.Certificates != nil {
		o.TLSListen = c.TLSListen
		o.TLS = &tls.Config{GetCertificate: p.Certificates.Get, MinVersion: tls.VersionTLS12}
	}
	if len(o.Listen)+len(o.TLSListen) == 0 {
		return nil, nil //nolint:nilnil // it is switched off
	}
	d, err := rtsp.New(o)
	if err != nil {
		return nil, err
	}
	return serve.Optional(p, d, "rtsp.listen", "rtsp.tls_listen", "rtsp.udp"), nil
}

// rtspEngine is the engine as RTSP sees it.
type rtspEngine struct{ *serve.Gate }

// Raise implements rtsp.Engine.
func (e rtspEngine) Raise(ctx context.Context, ev engine.Event) (rtsp.Instance, error) {
	i, err := e.Gate.Raise(ctx, ev)
	if err != nil {
		return nil, err // and no Instance that holds a nil pointer
	}
	return instance.Visit{Instance: i}, nil // which may go on without its client
}

// Has implements rtsp.Engine.
func (e rtspEngine) Has(stream string) bool { return e.Streams().Has(stream) }
