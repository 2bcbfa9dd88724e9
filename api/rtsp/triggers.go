package rtsp

import (
	"sluice/engine/element"
	"sluice/engine/value"
)

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
