// Package rtmfp describes RTMFP to graphs: the elements for sessions of its server, and its events.
package rtmfp

import (
	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Elements lists what this package describes.
func Elements() []element.Declared { return []element.Declared{In{}, Out{}} }

// In gives what a publisher sends.
type In struct{}

// Out sends to a player.
type Out struct{}

// audio lists what Flash Player plays; it also records Speex and Nellymoser.
func audio() []media.Codec {
	return []media.Codec{media.Speex, media.AAC, media.MP3, media.Nellymoser, media.PCMA, media.PCMU}
}

func video() []media.Codec {
	return []media.Codec{media.H264, media.Sorenson, media.VP6, media.ScreenFlv}
}

// Spec describes rtmfp.in.
func (In) Spec() element.Spec {
	return element.Spec{
		Name:   "rtmfp.in",
		About:  "Gives what an RTMFP publisher sends.",
		Domain: element.Go, Status: element.Planned, Klass: "Source/Network/RTMFP",
		Ports:    ports.Gives(audio(), video()),
		Fields:   []element.Field{ports.Session()},
		Sessions: []string{"peer"},
		Examples: []string{"rtmfp.in"},
	}
}

// Spec describes rtmfp.out.
func (Out) Spec() element.Spec {
	return element.Spec{
		Name:   "rtmfp.out",
		About:  "Sends to an RTMFP player.",
		Domain: element.Go, Status: element.Planned, Klass: "Sink/Network/RTMFP",
		Ports:    ports.Takes(audio(), video()),
		Fields:   []element.Field{ports.Session()},
		Sessions: []string{"peer"},
		Examples: []string{"rtmfp.out"},
	}
}

// Triggers lists the events that this door raises.
func Triggers() []element.Trigger {
	return []element.Trigger{
		{Event: "rtmfp.publish", About: "An RTMFP client begins to publish.", Path: true, Sessions: []string{"peer"}, Vars: vars()},
		{Event: "rtmfp.play", About: "An RTMFP client wants to play.", Path: true, Sessions: []string{"peer"}, Vars: vars()},
	}
}

func vars() []element.Var {
	return []element.Var{
		{Name: "app", Type: value.String, About: "Application that the client connected to; empty if none."},
		{Name: "query", Type: value.Map, About: "Values after the ? of the address and of the stream's name."},
		{Name: "addr", Type: value.String, About: "The client's network address and port."},
		{Name: "user", Type: value.String, About: "Who the client is, once known; empty for anybody."},
	}
}
