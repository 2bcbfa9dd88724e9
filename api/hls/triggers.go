// Package hls describes HLS players to graphs. What they fetch is made by hls.out of package elements/hls.
package hls

import (
	"sluice/engine/element"
	"sluice/engine/value"
)

// Triggers lists the events that this door raises.
func Triggers() []element.Trigger {
	return []element.Trigger{{
		Event: "hls.play",
		About: "Somebody fetches a playlist that nobody makes yet.",
		Path:  true,
		Vars: []element.Var{
			{Name: "query", Type: value.Map, About: "Values after the ? of the address."},
			{Name: "user", Type: value.String, About: "Who the player is, once known; empty for anybody."},
			{Name: "profile", Type: value.String, About: "Rendition that was asked for, such as abr; empty for the stream as it is."},
		},
	}}
}
