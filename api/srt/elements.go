// Package srt describes SRT to graphs: the elements for sessions of its server and for connections to other servers, and the
// events of its server. What travels is an MPEG transport stream, taken apart and put together in Go.
package srt

import (
	"time"

	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Elements lists what this package describes.
func Elements() []element.Declared { return []element.Declared{In{}, Out{}, Pull{}} }

// In gives what a publisher sends.
type In struct{}

// Out sends to a player.
type Out struct{}

// Pull plays from another server.
type Pull struct{}

func audio() []media.Codec {
	return []media.Codec{media.AAC, media.MP3, media.MP2, media.AC3, media.Opus}
}

func video() []media.Codec { return []media.Codec{media.H264, media.H265, media.MPEG1} }

// Spec describes srt.in.
func (In) Spec() element.Spec {
	return element.Spec{
		Name:   "srt.in",
		About:  "Gives what an SRT publisher sends.",
		Domain: element.Go, Status: element.Planned, Klass: "Source/Network/SRT",
		Ports:    ports.Gives(audio(), video()),
		Fields:   []element.Field{ports.Session()},
		Sessions: []string{"peer"},
		Examples: []string{"srt.in"},
	}
}

// Spec describes srt.out.
func (Out) Spec() element.Spec {
	return element.Spec{
		Name:   "srt.out",
		About:  "Sends to an SRT player.",
		Domain: element.Go, Status: element.Planned, Klass: "Sink/Network/SRT",
		Ports:    ports.Takes(audio(), video()),
		Fields:   []element.Field{ports.Session()},
		Sessions: []string{"peer"},
		Examples: []string{"srt.out"},
	}
}

// Spec describes srt.pull.
func (Pull) Spec() element.Spec {
	url := element.Setting("url", value.URI).Must().Says("Address of the stream, with its streamid if the server wants one.")
	url.Constraint.Pattern = "srt://.+"
	return element.Spec{
		Name:   "srt.pull",
		About:  "Plays a stream of another SRT server.",
		Domain: element.Go, Status: element.Planned, Klass: "Source/Network/SRT",
		Ports: ports.Gives(audio(), video()),
		Fields: []element.Field{
			url,
			element.Setting("passphrase", value.Secret).Says("Secret that both sides share; left out for a stream in the clear."),
			element.Span("latency", 20*time.Millisecond, 8*time.Second).Or(120 * time.Millisecond).
				Says("Time for lost packets to be sent again."),
		},
		Examples: []string{`srt.pull url="srt://example.org:8890?streamid=read:lobby" latency=200ms`},
	}
}

// Triggers lists the events that this door raises.
func Triggers() []element.Trigger {
	return []element.Trigger{
		{Event: "srt.publish", About: "An SRT client begins to publish.", Path: true, Sessions: []string{"peer"}, Vars: vars()},
		{Event: "srt.play", About: "An SRT client wants to play.", Path: true, Sessions: []string{"peer"}, Vars: vars()},
	}
}

func vars() []element.Var {
	return []element.Var{
		{Name: "query", Type: value.Map, About: "What the stream id says beyond name and user."},
		{Name: "user", Type: value.String, About: "Who the client is, once known; empty for anybody."},
	}
}
