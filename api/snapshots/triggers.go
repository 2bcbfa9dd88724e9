package snapshots

import (
	"sluice/engine/element"
	"sluice/engine/value"
)

// Event is raised when a picture of a stream is to be taken.
const Event = "stream.snapshot"

// formats are those that pictures may have, the usual one first.
func formats() []string { return []string{"png", "jpeg"} }

// Triggers lists the event that this package raises.
func Triggers() []element.Trigger {
	return []element.Trigger{{
		Event: Event, Path: true,
		About: "A picture of a stream is wanted; the graph that answers has a snapshot.out, and is ended when that has given one.",
		Vars: []element.Var{
			{Name: "want.width", Type: value.Int, About: "Width of the picture in pixels; 0 is the stream's."},
			{Name: "want.height", Type: value.Int, About: "Height of the picture in pixels; 0 is the stream's."},
			{Name: "want.format", Type: value.Enum, About: "Format of the picture: png or jpeg."},
		},
	}}
}
