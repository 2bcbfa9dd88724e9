package whip

import (
	"sluice/engine/element"
	"sluice/engine/value"
)

// Triggers lists the events that this door raises.
func Triggers() []element.Trigger {
	return []element.Trigger{
		{Event: "whip.publish", About: "A WHIP client begins to publish.", Path: true, Sessions: []string{"browser"}, Vars: vars()},
		{Event: "whep.play", About: "A WHEP client wants to play.", Path: true, Sessions: []string{"browser"}, Vars: vars()},
	}
}

func vars() []element.Var {
	return []element.Var{
		{Name: "query", Type: value.Map, About: "Values after the ? of the address."},
		{Name: "user", Type: value.String, About: "Who the client is, once known; empty for anybody."},
	}
}
