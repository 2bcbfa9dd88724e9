package main

import (
	"crypto/tls"

	"sluice/api"
	"sluice/api/rtsp"
	"sluice/cmd/sluice/serve"
)

// rtspDoor opens RTSP, and RTSPS if there is a certificate.
func rtspDoor(p *serve.Parts) (api.Door, error) {
	c := p.Config.RTSP
	o := rtsp.Options{
		Engine: rtsp.UseEngine(p.Engine), Claims: p.Engine.Claims, Auth: alsoAsked(p),
		Listen: c.Listen, UDP: c.UDP, Multicast: c.Multicast, MulticastPort: c.MulticastPort,
		Sessions: c.Sessions, Connections: c.Connections, PerAddress: c.PerAddress,
		Timeout: c.Timeout, Idle: c.Idle, Silence: c.Silence, Present: p.Present, Log: p.Log.With("door", "rtsp"),
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
