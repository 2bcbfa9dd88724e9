// Package client is the other side of the front door for pages: it calls another server of WCS, or of ours, as a page does, and plays a
// stream of it (wcs.pull) or publishes one there (wcs.push), over WebSocket and WebRTC. It serves nobody.
package client

import (
	"time"

	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Pull plays from another server.
type Pull struct{}

// Push publishes on another server.
type Push struct{}

// fields are those of both.
func fields(about string) []element.Field {
	url := element.Setting("url", value.URI).Must().
		Says("Address of the server, such as wss://example.org:8443; without a path, /websocket is asked for.")
	url.Constraint.Pattern = "wss?://.+"
	return []element.Field{
		url, element.Setting("name", value.String).Must().Says(about),
		element.Setting("app", value.String).Or("defaultApp").Says("Key of the application there."),
		element.Setting("token", value.Secret).Says("Token by which the server knows us, as custom.token."),
		element.Setting("login", value.Secret).Says("User and password, as user:password, for custom.user and custom.password."),
		element.Setting("id", value.String).Says("Media session ID that the stream has there; left out, each connection makes one."),
		element.Span("timeout", time.Second, time.Minute).Or(10 * time.Second).Says("How long an answer may take, and media stay away."),
	}
}

// Spec describes wcs.pull.
func (Pull) Spec() element.Spec {
	return element.Spec{
		Name:   "wcs.pull",
		About:  "Plays a stream of another WCS server over WebRTC, and again when that has lost it.",
		Domain: element.Go, Status: element.Beta, Klass: "Source/Network/WebRTC",
		Ports: ports.Gives(
			[]media.Codec{media.Opus, media.PCMU, media.PCMA, media.G722},
			[]media.Codec{media.H264, media.VP8, media.VP9, media.AV1, media.H265},
		),
		Fields:   fields("Name of the stream there."),
		Examples: []string{"wcs.pull url=ws://example.org:8080 name=lobby", "wcs.pull url=wss://example.org name=lobby token=$env.WCS_TOKEN"},
	}
}

// Spec describes wcs.push.
func (Push) Spec() element.Spec {
	return element.Spec{
		Name:   "wcs.push",
		About:  "Publishes on another WCS server over WebRTC, and again when that has lost it.",
		Domain: element.Go, Status: element.Beta, Klass: "Sink/Network/WebRTC",
		// The codecs that every server of WCS takes over WebRTC.
		Ports: ports.InOrder(ports.Takes(sound(), pictures())),
		Fields: append(fields("Name to publish under there."),
			element.Setting("key", value.Secret).Says("Key for publishing under that name, as custom.key.")),
		Examples: []string{"wcs.push url=ws://example.org:8080 name=lobby", "wcs.push url=wss://example.org:8443 name=lobby key=$env.WCS_KEY"},
	}
}

func sound() []media.Codec { return []media.Codec{media.Opus, media.PCMU, media.PCMA, media.G722} }

func pictures() []media.Codec { return []media.Codec{media.H264, media.VP8} }
