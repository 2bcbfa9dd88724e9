// Package rtsp describes RTSP to graphs: the elements for sessions of its server and for connections to cameras, and the
// events of its server.
package rtsp

import (
	"time"

	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Elements lists what this package describes.
func Elements() []element.Declared { return []element.Declared{In{}, Out{}, Pull{}} }

// In gives what a recorder sends (ANNOUNCE, RECORD).
type In struct{}

// Out sends to a player.
type Out struct{}

// Pull plays from a camera or another server.
type Pull struct{}

// audio begins with what cameras and players mostly have.
func audio() []media.Codec {
	return []media.Codec{
		media.AAC, media.Opus, media.PCMA, media.PCMU, media.G722, media.G726, media.MP3, media.MP2, media.AC3, media.Vorbis,
	}
}

func video() []media.Codec {
	return []media.Codec{media.H264, media.H265, media.MJPEG, media.VP8, media.VP9, media.AV1, media.MPEG1}
}

// Spec describes rtsp.in.
func (In) Spec() element.Spec {
	return element.Spec{
		Name:   "rtsp.in",
		About:  "Gives what an RTSP client publishes.",
		Domain: element.Go, Status: element.Beta, Klass: "Source/Network/RTSP",
		Ports:    ports.Gives(audio(), video()),
		Fields:   []element.Field{ports.Session()},
		Sessions: []string{"peer"},
		Examples: []string{"rtsp.in"},
	}
}

// Spec describes rtsp.out.
func (Out) Spec() element.Spec {
	return element.Spec{
		Name:   "rtsp.out",
		About:  "Sends to an RTSP player.",
		Domain: element.Go, Status: element.Beta, Klass: "Sink/Network/RTSP",
		Ports:    ports.Takes(audio(), video()),
		Fields:   []element.Field{ports.Session()},
		Sessions: []string{"peer"},
		Examples: []string{"rtsp.out"},
	}
}

// Spec describes rtsp.pull.
func (Pull) Spec() element.Spec {
	url := element.Setting("url", value.URI).Must().Says("Address of the camera or stream.")
	url.Constraint.Pattern = "rtsps?://.+"
	return element.Spec{
		Name:   "rtsp.pull",
		About:  "Plays a stream of a camera or another RTSP server.",
		Domain: element.Go, Status: element.Beta, Klass: "Source/Network/RTSP",
		Ports: ports.Gives(audio(), video()),
		Fields: []element.Field{
			url,
			element.Setting("login", value.Secret).Says("User and password, as user:password, if the address does not have them."),
			element.Choice("transport", "auto", "udp", "tcp").Or("auto").
				Says("How packets travel: auto tries UDP and falls back to TCP."),
			element.Span("timeout", time.Second, time.Minute).Or(10 * time.Second).Says("How long the camera may be silent."),
		},
		Examples: []string{
			"rtsp.pull url=rtsp://camera.example/main",
			"rtsp.pull url=rtsp://camera.example/main login=$env.CAMERA_LOGIN transport=tcp timeout=5s",
		},
	}
}
