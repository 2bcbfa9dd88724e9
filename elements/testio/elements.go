// Package testio describes the two elements that stand in for the world in tests of graphs, test.in and test.out, and says of
// which GStreamer elements they are made: a made-up peer is then coded by the chains that real conversions use, and goes
// through the same compiler. It holds nothing against what a test expects; that is the work of whoever runs tests.
package testio

import (
	"time"

	"sluice/elements/codec"
	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Elements lists what this package describes.
func Elements() []element.Declared { return []element.Declared{In{}, Out{}} }

// In gives made-up media.
type In struct{}

// Out takes everything and keeps nothing.
type Out struct{}

// The settings where nobody gave any.
const (
	usualTone   = 440
	usualLength = 2 * time.Second
	usualRate   = 48000
	usualBeat   = 25
)

func usualSize() value.Dimensions { return value.Dimensions{Width: 320, Height: 180} }

// Spec describes test.in.
func (In) Spec() element.Spec {
	return element.Spec{
		Name:   "test.in",
		About:  "Gives made-up sound and pictures, the same in every run, to tests in place of a peer.",
		Domain: element.Gst, Status: element.Beta, Klass: "Source/Test",
		Ports: []element.Port{
			gives(ports.Audio, media.Audio).Says("A tone, in the codec set, or else as whoever reads it takes it, raw if possible."),
			gives(ports.Video, media.Video).Says("Pictures, in the codec set, or else as whoever reads them takes them, raw if possible."),
		},
		Fields: []element.Field{
			made("audio", media.Audio).Says("Codec of the sound; auto for what is wanted; no sound when left out, unless video is, too."),
			made("video", media.Video).Says("Codec of the pictures; auto for what is wanted; no pictures when left out, unless audio is, too."),
			element.Choice("pattern", patternNames()...).Or(patternNames()[0]).
				Says("What the pictures show: colour bars, one colour all over, or something that moves."),
			element.Setting("size", value.Size).Or(usualSize()).Says("Size of the pictures, even on both sides."),
			element.Setting("fps", value.Fraction).Within(value.Ratio{Num: 1, Den: 1}, value.Ratio{Num: 120, Den: 1}).
				Or(value.Ratio{Num: usualBeat, Den: 1}).Says("Frames a second."),
			element.Span("keyframe", 100*time.Millisecond, time.Minute).Or(time.Second).Says("Time between two key frames of coded pictures."),
			element.Number("tone", 0, 20_000).Or(int64(usualTone)).Says("Pitch of the sound, in Hz; 0 is silence."),
			element.Number("rate", 8000, 96_000).Says("Samples a second, in Hz; left out, what suits the codec, and 48000 of raw sound."),
			element.Number("channels", 1, 2).Says("Channels of the sound; left out, what suits the codec, and 2 of raw sound."),
			element.Span("length", 0, time.Hour).Or(usualLength).Says("How long it plays; 0s until it is stopped."),
			element.Span("silent", 0, time.Hour).Or(time.Duration(0)).Says("How late it begins: the time of the first frame."),
			element.Setting("live", value.Bool).Or(false).Says("Play at the speed of life, as a peer would, instead of as fast as it is read."),
		},
		Examples: []string{"test.in", "test.in audio=opus video=vp8 length=5s", "test.in pattern=red tone=1000 live=true"},
	}
}

// Ports leaves out the kind that the settings do not name.
func (i In) Ports(conf element.Conf) []element.Port {
	both := !conf.Has("audio") && !conf.Has("video")
	var out []element.Port
	for _, p := range i.Spec().Ports {
		if both || conf.Has(p.Name) {
			out = append(out, p)
		}
	}
	return out
}

// Spec describes test.out.
func (Out) Spec() element.Spec {
	return element.Spec{
		Name:   "test.out",
		About:  "Takes whatever reaches it, as fast as it comes, for tests that look at it.",
		Domain: element.Gst, Status: element.Beta, Klass: "Sink/Test",
		Ports: []element.Port{
			takes(ports.Audio, media.Audio).Says("Sound, coded or raw."),
			takes(ports.Video, media.Video).Says("Pictures, coded or raw."),
		},
		Examples: []string{"test.out"},
	}
}

// gives is a source port for every codec that can be made, and raw media.
func gives(name string, k media.Kind) element.Port {
	p := element.Out(name, k, encodable(k)...).Maybe()
	p.Caps += "; " + element.RawCaps(k)
	return p
}

// takes is a sink port that takes a kind in any form, and wishes for none.
func takes(name string, k media.Kind) element.Port {
	return element.Port{Name: name, Dir: element.Sink, Presence: element.Always, Kinds: []media.Kind{k}, Caps: "ANY", Optional: true}
}

// made is the field that names a codec to make.
func made(name string, k media.Kind) element.Field {
	f := element.Setting(name, value.Codec).Shapes()
	f.Constraint.Of = []string{codec.Auto}
	for _, c := range encodable(k) {
		f.Constraint.Of = append(f.Constraint.Of, string(c))
	}
	return f
}

func encodable(k media.Kind) []media.Codec {
	var out []media.Codec
	for _, c := range codec.AllEncodable() {
		if c.Kind() == k {
			out = append(out, c)
		}
	}
	return out
}
