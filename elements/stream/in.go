package stream

import (
	"context"
	"time"

	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
)

// In reads a stream from the hub. It is an element.Factory whose elements are node.Taps: who runs the graph does the reading.
type In struct{}

// Spec describes stream.in.
func (In) Spec() element.Spec {
	return element.Spec{
		Name:   "stream.in",
		About:  "Reads a stream that somebody else publishes.",
		Domain: element.Go, Status: element.Beta, Klass: "Source/Stream",
		Ports: ports.Gives(ports.All(media.Audio), ports.All(media.Video)),
		Fields: []element.Field{
			name("Name of the stream to read."),
			element.Choice("kind", string(media.Audio), string(media.Video)).Shapes().
				Says("The only kind to read; both when left out."),
			element.Span("wait", 0, time.Minute).Or(time.Duration(0)).
				Says("How long to wait for a graph that brings or converts it; 0s takes only what is there."),
		},
		Examples: []string{"stream.in name=lobby", "stream.in name=lobby kind=audio wait=5s"},
	}
}

// New implements element.Factory.
func (In) New(_ context.Context, _ element.Env, conf element.Conf) (element.Element, error) {
	return tap{name: conf.Text("name"), wait: conf.Duration("wait"), kind: media.Kind(conf.Text("kind"))}, nil
}

type tap struct {
	passive
	name string
	wait time.Duration
	kind media.Kind
}

// Reads implements node.Tap.
func (t tap) Reads() (string, time.Duration, media.Kind) { return t.name, t.wait, t.kind }

// passive elements begin nothing.
type passive struct{}

func (passive) Start(context.Context) error { return nil }
func (passive) Stop(context.Context) error  { return nil }
