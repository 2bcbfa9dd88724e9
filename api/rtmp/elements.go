// Package rtmp describes RTMP to graphs: the elements for sessions of its server and for connections to other servers, and
// the events of its server.
package rtmp

import (
	"time"

	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Elements lists what this package describes.
func Elements() []element.Declared { return []element.Declared{In{}, Out{}, Push{}, Pull{}} }

// In gives what a publisher sends.
type In struct{}

// Out sends to a player.
type Out struct{}

// Push publishes on another server.
type Push struct{}

// Pull plays from another server.
type Pull struct{}

// audio lists what FLV and Enhanced RTMP can carry, AAC first because every player has it.
func audio() []media.Codec {
	return []media.Codec{media.AAC, media.MP3, media.Speex, media.Nellymoser, media.PCMA, media.PCMU, media.Opus}
}

func video() []media.Codec {
	return []media.Codec{media.H264, media.H265, media.AV1, media.VP9, media.VP8, media.Sorenson, media.VP6, media.ScreenFlv}
}

// Spec describes rtmp.in.
func (In) Spec() element.Spec {
	return element.Spec{
		Name:   "rtmp.in",
		About:  "Gives what an RTMP publisher sends.",
		Domain: element.Go, Status: element.Beta, Klass: "Source/Network/RTMP",
		Ports:    ports.Gives(audio(), video()),
		Fields:   []element.Field{ports.Session()},
		Sessions: []string{"peer", "browser"}, // a page's whose Flash client comes over RTMP
		Examples: []string{"rtmp.in"},
	}
}

// Spec describes rtmp.out.
func (Out) Spec() element.Spec {
	return element.Spec{
		Name:   "rtmp.out",
		About:  "Sends to an RTMP player.",
		Domain: element.Go, Status: element.Beta, Klass: "Sink/Network/RTMP",
		Ports:    ports.Takes(audio(), video()),
		Fields:   []element.Field{ports.Session()},
		Sessions: []string{"peer", "browser"}, // a page's whose Flash client comes over RTMP
		Examples: []string{"rtmp.out"},
	}
}

// Spec describes rtmp.push.
func (Push) Spec() element.Spec {
	return element.Spec{
		Name:   "rtmp.push",
		About:  "Publishes on another RTMP server.",
		Domain: element.Go, Status: element.Beta, Klass: "Sink/Network/RTMP",
		// Few servers take more than this: what they do not know, they drop the connection for.
		Ports: ports.Takes([]media.Codec{media.AAC, media.MP3}, []media.Codec{media.H264}),
		Fields: []element.Field{
			address("Address to publish at, without the stream's key."),
			element.Setting("key", value.Secret).Says("Name or key of the stream there, if the address does not end with it."),
			patience(),
		},
		Examples: []string{
			"rtmp.push url=rtmp://example.org/live key=$env.STREAM_KEY", "rtmp.push url=rtmps://example.org/live/lobby timeout=5s",
		},
	}
}

// Spec describes rtmp.pull.
func (Pull) Spec() element.Spec {
	return element.Spec{
		Name:   "rtmp.pull",
		About:  "Plays a stream of another RTMP server.",
		Domain: element.Go, Status: element.Beta, Klass: "Source/Network/RTMP",
		Ports:    ports.Gives(audio(), video()),
		Fields:   []element.Field{address("Address of the stream."), patience()},
		Examples: []string{"rtmp.pull url=rtmp://example.org/live/lobby"},
	}
}

func address(about string) element.Field {
	f := element.Setting("url", value.URI).Must().Says(about)
	f.Constraint.Pattern = "rtmps?://.+"
	return f
}

func patience() element.Field {
	return element.Span("timeout", time.Second, time.Minute).Or(10 * time.Second).Says("How long the server may be silent.")
}
