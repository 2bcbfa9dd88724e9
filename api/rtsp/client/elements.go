package client

import (
	"time"

	"sluice/api/rtsp/sdp"
	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Pull plays from a camera or another server.
type Pull struct{}

// Push publishes on another server.
type Push struct{}

// address is the field for where to call.
func address(about string) element.Field {
	url := element.Setting("url", value.URI).Must().Says(about)
	url.Constraint.Pattern = "rtsps?://.+"
	return url
}

// login is the field for who calls.
func login() element.Field {
	return element.Setting("login", value.Secret).Says("User and password, as user:password, if the address does not have them.")
}

// Spec describes rtsp.push.
func (Push) Spec() element.Spec {
	return element.Spec{
		Name:   "rtsp.push",
		About:  "Publishes on another RTSP server, and again when that has lost it.",
		Domain: element.Go, Status: element.Beta, Klass: "Sink/Network/RTSP",
		Ports: ports.Takes(sdp.Codecs(media.Audio), sdp.Codecs(media.Video)),
		Fields: []element.Field{
			address("Address to publish at."), login(),
			element.Choice("transport", "auto", "udp", "tcp").Or("tcp").
				Says("How packets travel: auto tries UDP and falls back to TCP."),
			element.Span("timeout", time.Second, time.Minute).Or(10 * time.Second).Says("How long an answer may take."),
		},
		Examples: []string{"rtsp.push url=rtsp://example.org/live/lobby", "rtsp.push url=rtsp://example.org/lobby login=$env.PUSH_LOGIN"},
	}
}

// Spec describes rtsp.pull.
func (Pull) Spec() element.Spec {
	return element.Spec{
		Name:   "rtsp.pull",
		About:  "Plays a stream of a camera or another RTSP server.",
		Domain: element.Go, Status: element.Beta, Klass: "Source/Network/RTSP",
		Ports: ports.Gives(sdp.Offered(media.Audio), sdp.Offered(media.Video)),
		Fields: []element.Field{
			address("Address of the camera or stream."), login(),
			element.Choice("transport", "auto", "udp", "tcp").Or("auto").
				Says("How packets travel: auto tries UDP and falls back to TCP."),
			element.Span("timeout", time.Second, time.Minute).Or(10 * time.Second).Says("How long the camera may be silent."),
			element.Span("wait", 0, time.Hour).Or(time.Duration(0)).
				Says("How long a camera that is away at first is called again; 0 calls once. Later it is called for ever."),
		},
		Examples: []string{
			"rtsp.pull url=rtsp://camera.example/main",
			"rtsp.pull url=rtsp://camera.example/main login=$env.CAMERA_LOGIN transport=tcp timeout=5s",
		},
	}
}
