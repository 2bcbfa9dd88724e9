// Package webrtc describes the two elements that stand for a browser's peer connection. Signalling is the business of the
// doors (api/websocket, api/whip), which bring the session.
package webrtc

import (
	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Elements lists what this package describes.
func Elements() []element.Declared { return []element.Declared{In{}, Out{}} }

// In gives what a browser sends.
type In struct{}

// Out sends to a browser.
type Out struct{}

func audio() []media.Codec { return []media.Codec{media.Opus, media.PCMU, media.PCMA, media.G722} }

// video has H.264 first: every browser decodes it, phones in hardware, and HLS, RTMP and SIP take it as it is.
func video() []media.Codec {
	return []media.Codec{media.H264, media.VP8, media.VP9, media.AV1, media.H265}
}

func codecs() element.Field { return ports.Codecs(append(audio(), video()...)...) }

// Spec describes webrtc.in.
func (In) Spec() element.Spec {
	return element.Spec{
		Name:   "webrtc.in",
		About:  "Gives the sound and pictures that a browser sends over WebRTC.",
		Domain: element.Go, Status: element.Planned, Klass: "Source/Network/WebRTC",
		Ports: ports.Gives(audio(), video()),
		Fields: []element.Field{
			ports.Session(), codecs(),
			element.Setting("bitrate", value.Bitrate).Within(value.Bits(0), value.Bits(100_000_000)).Playing().
				Says("Most bits a second that the browser is asked to send; 0 leaves it to congestion control."),
		},
		Sessions: []string{"browser"},
		Examples: []string{"webrtc.in", "webrtc.in codecs=h264,vp8,opus,pcmu", "webrtc.in session=$browser bitrate=2M"},
	}
}

// Spec describes webrtc.out.
func (Out) Spec() element.Spec {
	return element.Spec{
		Name:   "webrtc.out",
		About:  "Sends sound and pictures to a browser over WebRTC.",
		Domain: element.Go, Status: element.Planned, Klass: "Sink/Network/WebRTC",
		Ports:    ports.InOrder(ports.Takes(audio(), video())),
		Fields:   []element.Field{ports.Session(), codecs()},
		Sessions: []string{"browser"},
		Examples: []string{"webrtc.out", "webrtc.out session=$browser codecs=opus,h264"},
	}
}
