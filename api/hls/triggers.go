// Package hls shows streams to players of HLS (RFC 8216, draft-pantos-hls-rfc8216bis) over HTTP: playlists, segments and parts that
// hls.out makes. It says who may, counts viewers, and has a graph make what somebody asks for and nobody makes. It also describes that
// event to graphs.
//
// It listens on nothing, packs no media, and renders no media playlists: those are packages packager and rendition below it.
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
			{Name: "profile", Type: value.String, About: "Form that was asked for, such as abr, in small letters; empty for the stream itself."},
			{Name: "at", Type: value.String, About: "Path under which hls.out is to offer it: /cam, or /cam-HLS-ABR-STREAM with profile abr."},
		},
	}}
}
