// Package webrtc has the two elements that stand for a browser's peer connection, and the peers themselves, which the doors
// make that signal for them (api/websocket, api/whip): Peers answers an offer with a Peer, whose element moves its media
// between the connection and the hub. The rooms below have one job each: sdp reads offers and writes answers, mux shares
// ports, link is ICE, DTLS and SRTP, receive and send are the two halves of RTP.
//
// The package converts nothing, and knows no door and no message of one.
package webrtc

import (
	"context"

	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/fault"
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
		Domain: element.Go, Status: element.Beta, Klass: "Source/Network/WebRTC",
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
		Domain: element.Go, Status: element.Beta, Klass: "Sink/Network/WebRTC",
		Ports:    ports.InOrder(ports.Takes(audio(), video())),
		Fields:   []element.Field{ports.Session(), codecs()},
		Sessions: []string{"browser"},
		Examples: []string{"webrtc.out", "webrtc.out session=$browser codecs=opus,h264"},
	}
}

// New implements element.Factory.
func (In) New(_ context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	p, err := session(env, conf)
	if err == nil && p.in == nil {
		err = fault.New(fault.InvalidRequest, "", "the session plays, and webrtc.in takes one that publishes")
	}
	if err == nil {
		err = p.claim(&p.in.half, env.Over)
	}
	if err != nil {
		return nil, err
	}
	return &source{peer: p, allowed: listed(conf), bitrate: int(conf.Int("bitrate"))}, nil
}

// New implements element.Factory.
func (Out) New(_ context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	p, err := session(env, conf)
	if err == nil && p.out == nil {
		err = fault.New(fault.InvalidRequest, "", "the session publishes, and webrtc.out takes one that plays")
	}
	if err == nil {
		err = p.claim(&p.out.half, env.Over)
	}
	if err != nil {
		return nil, err
	}
	return &sink{player: p.out, allowed: listed(conf)}, nil
}

// session finds the peer that the event brought.
func session(env element.Env, conf element.Conf) (*Peer, error) {
	name := conf.Text("session")
	s, ok := env.Sessions.Session(name)
	if !ok {
		return nil, fault.New(fault.InvalidRequest, "", "the event brought no session %q", name)
	}
	p, ok := s.(*Peer)
	if !ok {
		return nil, fault.New(fault.InvalidRequest, "", "the session %q is no browser's", name)
	}
	return p, nil
}

// listed are the codecs that the field of this name has; none if all are allowed.
func listed(conf element.Conf) []media.Codec {
	var out []media.Codec
	for _, item := range conf.List("codecs") {
		switch c := item.(type) {
		case media.Codec:
			out = append(out, c)
		case string:
			out = append(out, media.Codec(c))
		}
	}
	return out
}
