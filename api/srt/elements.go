// Package srt is the front door of SRT: encoders publish and players play over one port of UDP, and what each wants is in his
// stream id. It describes its sessions to graphs as the elements srt.in and srt.out, and has srt.pull and srt.push from package
// client. What travels is an MPEG transport stream, taken apart and put together in Go; nothing is coded here.
package srt

import (
	"sluice/api/srt/client"
	"sluice/api/srt/flow"
	"sluice/elements/ports"
	"sluice/engine/element"
)

// Elements lists what this package describes.
func Elements() []element.Declared {
	return []element.Declared{In{}, Out{}, client.Pull{}, client.Push{}}
}

// In gives what a publisher sends.
type In struct{}

// Out sends to a player.
type Out struct{}

// Spec describes srt.in.
func (In) Spec() element.Spec {
	return element.Spec{
		Name:   "srt.in",
		About:  "Gives what an SRT publisher sends.",
		Domain: element.Go, Status: element.Beta, Klass: "Source/Network/SRT",
		Ports:    ports.Gives(flow.Audio(), flow.Video()),
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
		Domain: element.Go, Status: element.Beta, Klass: "Sink/Network/SRT",
		Ports:    ports.Takes(flow.Audio(), flow.Video()),
		Fields:   []element.Field{ports.Session()},
		Sessions: []string{"peer"},
		Examples: []string{"srt.out"},
	}
}
