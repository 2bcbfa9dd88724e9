package rtmp

import (
	"sluice/engine/element"
	"sluice/engine/value"
)

// Triggers lists the events that this door raises.
func Triggers() []element.Trigger {
	return []element.Trigger{
		{Event: "rtmp.publish", About: "An RTMP client begins to publish.", Path: true, Sessions: []string{"peer"}, Vars: vars()},
		{Event: "rtmp.play", About: "An RTMP client wants to play.", Path: true, Sessions: []string{"peer"}, Vars: vars()},
	}
}

func vars() []element.Var {
	return []element.Var{
		{Name: "app", Type: value.String, About: "Application that the client connected to, such as live."},
		{Name: "query", Type: value.Map, About: "Values after the ? of the address and of the stream's name."},
		{Name: "addr", Type: value.String, About: "The client's network address and port."},
		{Name: "user", Type: value.String, About: "Who the client is, once known; empty for anybody."},
	}
}
