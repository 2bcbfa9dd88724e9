package srt

import (
	"sluice/engine/element"
	"sluice/engine/value"
)

// Triggers lists the events that this door raises.
func Triggers() []element.Trigger {
	return []element.Trigger{
		{Event: "srt.publish", About: "An SRT client begins to publish.", Path: true, Sessions: []string{"peer"}, Vars: vars()},
		{Event: "srt.play", About: "An SRT client wants to play.", Path: true, Sessions: []string{"peer"}, Vars: vars()},
	}
}

func vars() []element.Var {
	return []element.Var{
		{Name: "query", Type: value.Map, About: "What the stream id says beyond name, user, password and token."},
		{Name: "addr", Type: value.String, About: "The client's network address and port."},
		{Name: "user", Type: value.String, About: "Who the client is, once known; empty for anybody."},
	}
}
