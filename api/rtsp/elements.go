// Package rtsp is the server of RTSP, and the elements and events by which graphs meet its clients. Package client calls others.
package rtsp

import (
	"sluice/api/rtsp/client"
	"sluice/api/rtsp/sdp"
	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Elements lists what this package describes.
func Elements() []element.Declared {
	return []element.Declared{In{}, Out{}, client.Pull{}, client.Push{}}
}

// In gives what a recorder sends (ANNOUNCE, RECORD).
type In struct{}

// Out sends to a player.
type Out struct{}

// Spec describes rtsp.in.
func (In) Spec() element.Spec {
	return element.Spec{
		Name:   "rtsp.in",
		About:  "Gives what an RTSP client publishes.",
		Domain: element.Go, Status: element.Beta, Klass: "Source/Network/RTSP",
		Ports:    ports.Gives(sdp.Offered(media.Audio), sdp.Offered(media.Video)),
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
		Ports:    ports.Takes(sdp.Codecs(media.Audio), sdp.Codecs(media.Video)),
		Fields:   []element.Field{ports.Session()},
		Sessions: []string{"peer"},
		Examples: []string{"rtsp.out"},
	}
}

// Triggers lists the events that this door raises.
func Triggers() []element.Trigger {
	return []element.Trigger{
		{Event: "rtsp.announce", About: "An RTSP client wants to publish.", Path: true, Sessions: []string{"peer"}, Vars: vars()},
		{Event: "rtsp.play", About: "An RTSP client wants to play.", Path: true, Sessions: []string{"peer"}, Vars: vars()},
	}
}

func vars() []element.Var {
	return []element.Var{
		{Name: "app", Type: value.String, About: "All of the path but its last segment; empty if it has one only."},
		{Name: "query", Type: value.Map, About: "Values after the ? of the address."},
		{Name: "user", Type: value.String, About: "Who the client is, once known; empty for anybody."},
		{Name: "transport", Type: value.Enum, About: "How packets travel: udp, tcp or multicast; unknown while a player asks what there is."},
	}
}
