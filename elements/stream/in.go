package stream

import (
	"context"
	"time"

	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/node"
	"sluice/engine/value"
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
			shape("width", 8192, "Picture width in pixels that is wanted; 0 leaves it as it is, or to the height."),
			shape("height", 8192, "Picture height in pixels that is wanted; 0 leaves it as it is, or to the width."),
			shape("fps", 240, "Frames a second that are wanted; 0 leaves them as they are."),
			element.Setting("bitrate", value.Bitrate).Within(value.Bits(0), value.Bits(200_000_000)).
				Says("Bits a second that the pictures are wanted in; 0 leaves them as they are."),
			shape("quality", 100, "Picture quality that is wanted, 1 to 100; 0 leaves it as it is."),
			element.Span("still", 0, time.Minute).Or(time.Duration(0)).
				Says("Reads one picture alone, for GStreamer: the newest key picture, and one that is no older than this if its publisher " +
					"can be asked for one; 0s reads on."),
		},
		Examples: []string{
			"stream.in name=lobby", "stream.in name=lobby kind=audio wait=5s", "stream.in name=lobby wait=5s width=640 bitrate=500k",
		},
	}
}

// shape is a field for what the pictures are wanted to be like. Any of them has the stream converted, unless it is 0.
func shape(name string, most int64, about string) element.Field {
	return element.Number(name, 0, most).Says(about)
}

// New implements element.Factory.
func (In) New(_ context.Context, _ element.Env, conf element.Conf) (element.Element, error) {
	return tap{reads: node.Reading{
		Stream: conf.Text("name"), Wait: conf.Duration("wait"), Kind: media.Kind(conf.Text("kind")), Still: conf.Duration("still"),
		Shape: media.Shape{
			Width: int(conf.Int("width")), Height: int(conf.Int("height")), FPS: int(conf.Int("fps")),
			Bitrate: int(conf.Int("bitrate")), Quality: int(conf.Int("quality")),
		},
	}}, nil
}

type tap struct {
	passive
	reads node.Reading
}

// Reads implements node.Tap.
func (t tap) Reads() node.Reading { return t.reads }

// passive elements begin nothing.
type passive struct{}

func (passive) Start(context.Context) error { return nil }
func (passive) Stop(context.Context) error  { return nil }
