// Package testio describes the two elements that stand in for the world in tests of graphs: test.in plays a script, test.out
// keeps what reaches it for the assertions of the test.
package testio

import (
	"time"

	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Elements lists what this package describes.
func Elements() []element.Declared { return []element.Declared{In{}, Out{}} }

// In gives made-up media.
type In struct{}

// Out keeps what reaches it.
type Out struct{}

// Spec describes test.in.
func (In) Spec() element.Spec {
	return element.Spec{
		Name:   "test.in",
		About:  "Gives made-up sound and pictures, the same in every run, to tests in place of a peer.",
		Domain: element.Go, Status: element.Planned, Klass: "Source/Test",
		Ports: ports.Gives(ports.All(media.Audio), ports.All(media.Video)),
		Fields: []element.Field{
			element.Setting("audio", value.Codec).Says("Codec of the sound; no sound when left out, unless video is, too."),
			element.Setting("video", value.Codec).Says("Codec of the pictures; no pictures when left out, unless audio is, too."),
			element.Setting("size", value.Size).Or(value.Dimensions{Width: 320, Height: 180}).Says("Size of the pictures."),
			element.Setting("fps", value.Fraction).Within(value.Ratio{Num: 1, Den: 1}, value.Ratio{Num: 120, Den: 1}).
				Or(value.Ratio{Num: 25, Den: 1}).Says("Frames a second."),
			element.Number("tone", 20, 20_000).Or(int64(440)).Says("Pitch of the sound, in Hz."),
			element.Span("length", 0, time.Hour).Or(2 * time.Second).Says("How long it plays; 0s until it is stopped."),
			element.Span("silent", 0, time.Hour).Or(time.Duration(0)).Says("How long it waits before the first packet."),
		},
		Examples: []string{"test.in", "test.in audio=opus video=vp8 length=5s"},
	}
}

// Spec describes test.out.
func (Out) Spec() element.Spec {
	return element.Spec{
		Name:   "test.out",
		About:  "Keeps what reaches it, for the assertions of a test.",
		Domain: element.Go, Status: element.Planned, Klass: "Sink/Test",
		Ports: ports.Takes(ports.All(media.Audio), ports.All(media.Video)),
		Fields: []element.Field{
			element.Setting("keep", value.Bytes).Within(value.Octets(0), value.Octets(1_000_000_000)).Or(value.Octets(16_000_000)).
				Says("Most bytes to keep; what comes later is counted only."),
		},
		Examples: []string{"test.out", "test.out keep=1M"},
	}
}
