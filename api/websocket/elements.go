// Package websocket is the front door for pages with the Web SDK: signalling over WebSocket, media over WebRTC, or
// through a second WebSocket where pages play without that. It answers each message as the original server does, raises an event
// for what is published and played, and describes those events to graphs, and the element that sends media through a WebSocket.
package websocket

import (
	"context"

	wcs "sluice/api/websocket/client"
	"sluice/api/websocket/viewer"
	"sluice/elements/ports"
	"sluice/elements/stream"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Elements lists what this package describes.
func Elements() []element.Declared { return []element.Declared{Out{}, wcs.Pull{}, wcs.Push{}} }

// Out sends media through a WebSocket.
type Out struct{}

// Spec describes ws.out.
func (Out) Spec() element.Spec {
	return element.Spec{
		Name:   "ws.out",
		About:  "Sends sound and pictures to a page through its WebSocket, for browsers that cannot use WebRTC.",
		Domain: element.Go, Status: element.Beta, Klass: "Sink/Network/WebSocket",
		// H.264 and AAC for Media Source Extensions; MPEG-1 and G.711 for the player in JavaScript.
		Ports:    ports.InOrder(ports.Takes([]media.Codec{media.AAC, media.PCMU}, []media.Codec{media.H264, media.MPEG1})),
		Fields:   []element.Field{ports.Session(), ports.Codecs(media.AAC, media.PCMU, media.H264, media.MPEG1)},
		Sessions: []string{"browser"},
		Examples: []string{"ws.out", "ws.out codecs=mpeg1video,pcmu"},
	}
}

// New implements element.Factory.
func (Out) New(_ context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	name := conf.Text("session")
	s, ok := env.Sessions.Session(name)
	if !ok {
		return nil, fault.New(fault.InvalidRequest, "", "the event brought no session %q", name)
	}
	v, ok := s.(*viewer.Viewer)
	if !ok {
		return nil, fault.New(fault.InvalidRequest, "", "the session %q does not play through a WebSocket", name).
			Advise("route by where: {provider: [MSE, WSPlayer]}, and to webrtc.out otherwise")
	}
	var allowed []media.Codec
	for _, item := range conf.List("codecs") {
		switch c := item.(type) {
		case media.Codec:
			allowed = append(allowed, c)
		case string:
			allowed = append(allowed, media.Codec(c))
		}
	}
	return v.Sink(env.Over, allowed)
}

// Triggers lists the events that this door raises.
func Triggers() []element.Trigger {
	return []element.Trigger{
		{Event: "ws.publish", About: "A page begins to publish.", Path: true, Sessions: []string{"browser"}, Vars: append([]element.Var{
			{Name: "provider", Type: value.String, About: "How the page publishes: WebRTC or Flash."},
		}, vars()...)},
		{Event: "ws.play", About: "A page wants to play.", Path: true, Sessions: []string{"browser"}, Vars: append([]element.Var{
			{Name: "provider", Type: value.String, About: "How the page plays: WebRTC, MSE, WSPlayer or Flash."},
		}, vars()...)},
		{
			Event: "ws.push", About: "A page wants what it publishes pushed to another server, too; the path is the stream.", Path: true,
			Vars: []element.Var{
				{Name: "scheme", Type: value.String, About: "Scheme of the address: rtmp or rtmps."},
				{Name: "url", Type: value.URI, About: "Address of that server's application, such as rtmp://example.org/live."},
				{Name: "app", Type: value.String, About: "Application key that the page connected with."},
				{Name: "user", Type: value.String, About: "Who the page is, once known; empty for anybody."},
				{Name: "custom", Type: value.Map, About: "Whatever the page sent along for the application."},
			},
		},
		{
			Event: "ws.call", About: "A page calls a phone; the path is whom it calls.", Path: true,
			Sessions: []string{"browser", "phone"},
			Vars: []element.Var{
				{Name: "from", Type: value.String, About: "Who calls: the page's SIP login."},
				{Name: "to", Type: value.String, About: "Who is called, as the page says."},
				{Name: "headers", Type: value.Map, About: "SIP headers that the page adds to the call."},
				{Name: "account", Type: value.String, About: "Name of the account that the call goes out on."},
			},
		},
	}
}

// vars lists the variables of publishing and playing. A page that publishes may say, too, what it wants made of its stream.
func vars() []element.Var {
	return append([]element.Var{
		{Name: "app", Type: value.String, About: "Application key that the page connected with."},
		{Name: "user", Type: value.String, About: "Who the page is, once known; empty for anybody."},
		{Name: "custom", Type: value.Map, About: "Whatever the page sent along for the application."},
		{Name: "room", Type: value.String, About: "Room of a name such as login#red; empty for other names."},
	}, stream.Want()...)
}
