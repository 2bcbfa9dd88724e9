package records

import (
	"sluice/engine/element"
	"sluice/engine/value"
)

// Event is raised when a stream is to be recorded.
const Event = "stream.record"

// Triggers lists the event that this package raises.
func Triggers() []element.Trigger {
	return []element.Trigger{{
		Event: Event, Path: true,
		About: "A stream is to be recorded, since its publisher or somebody else asked, or the configuration says so.",
		Vars: []element.Var{
			{Name: "template", Type: value.String, About: "Template of the recording's name; empty for that of the configuration."},
			{Name: "container", Type: value.Enum, About: "Format that was asked for: auto, mp4, webm or ts."},
			{Name: "by", Type: value.String, About: "Who publishes; empty if nobody knows."},
			{Name: "connection", Type: value.String, About: "The publisher's connection; empty if it has no name."},
			{Name: "publication", Type: value.String, About: "The publication, in the words of the Web SDK."},
		},
	}}
}
