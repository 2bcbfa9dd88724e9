// Package stream describes the two elements by which graphs meet in the hub, stream.in and stream.out, and the events that
// the hub raises when a player asks for what is not there. The hub itself is engine/hub.
package stream

import (
	"time"

	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Elements lists what this package describes.
func Elements() []element.Declared { return []element.Declared{In{}, Out{}} }

// In reads a stream from the hub.
type In struct{}

// Out publishes a stream in the hub.
type Out struct{}

// Spec describes stream.in.
func (In) Spec() element.Spec {
	return element.Spec{
		Name:   "stream.in",
		About:  "Reads a stream that somebody else publishes.",
		Domain: element.Go, Status: element.Planned, Klass: "Source/Stream",
		Ports: ports.Gives(ports.All(media.Audio), ports.All(media.Video)),
		Fields: []element.Field{
			name("Name of the stream to read."),
			element.Choice("kind", string(media.Audio), string(media.Video)).Shapes().
				Says("The only kind to read; both when left out."),
			element.Span("wait", 0, time.Minute).Or(time.Duration(0)).
				Says("How long to wait for somebody to publish it; 0s fails at once when nobody does."),
		},
		Examples: []string{"stream.in name=lobby", "stream.in name=lobby kind=audio wait=5s"},
	}
}

// Spec describes stream.out.
func (Out) Spec() element.Spec {
	return element.Spec{
		Name:   "stream.out",
		About:  "Publishes a stream, which anybody may then play, convert, mix or record.",
		Domain: element.Go, Status: element.Planned, Klass: "Sink/Stream",
		Ports: ports.Takes(ports.All(media.Audio), ports.All(media.Video)),
		Fields: []element.Field{
			name("Name of the stream to publish."),
			element.Choice("track", "main", "alternative").Or("main").
				Says("Whether this is the stream itself, or other codings of a stream that is published already."),
			element.Choice("publish", "refuse", "replace", "queue").Or("refuse").
				Says("What happens when the name is taken: this one fails, ends the other, or waits for the other's end."),
		},
		Demand:   true,
		Examples: []string{"stream.out name=lobby", "stream.out name=lobby track=alternative", "stream.out name=lobby publish=replace"},
	}
}

func name(about string) element.Field {
	return element.Setting("name", value.String).Must().Says(about)
}
