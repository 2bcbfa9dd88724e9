// Package file describes the two elements that read and write media files, file.in and file.out, and says of which GStreamer
// elements they are made.
package file

import (
	"slices"

	"sluice/elements/codec"
	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Elements lists what this package describes.
func Elements() []element.Declared { return []element.Declared{In{}, Out{}} }

// In reads a file.
type In struct{}

// Out writes a file.
type Out struct{}

// Spec describes file.in.
func (In) Spec() element.Spec {
	return element.Spec{
		Name:   "file.in",
		About:  "Reads a media file: as fast as whoever reads it can, or at the speed of life.",
		Domain: element.Gst, Status: element.Beta, Klass: "Source/File/Demuxer",
		Ports: ports.Gives(held(media.Audio), held(media.Video)),
		Fields: []element.Field{
			where("File to read."), kind(), inside(ports.Audio, media.Audio), inside(ports.Video, media.Video),
			element.Setting("realtime", value.Bool).Or(false).Says("Read at the speed of life, for players, instead of as fast as possible."),
		},
		Examples: []string{"file.in path=media/bars.flv", "file.in path=media/bars.mp4 realtime=true"},
	}
}

// Ports leaves out what the file's container never holds, so that a link to it that need not be made is not.
func (i In) Ports(conf element.Conf) []element.Port {
	c, ok := told(conf)
	if !ok {
		return i.Spec().Ports
	}
	return ports.Gives(c.audio, c.video)
}

// Spec describes file.out.
func (Out) Spec() element.Spec {
	return element.Spec{
		Name:   "file.out",
		About:  "Writes a media file, which stays playable if the machine fails while it grows.",
		Domain: element.Gst, Status: element.Beta, Klass: "Sink/File/Muxer",
		Ports:    ports.Takes(held(media.Audio), held(media.Video)),
		Fields:   []element.Field{where("File to write; one that exists is replaced."), kind()},
		Examples: []string{"file.out path=records/lobby.mp4", "file.out path=records/lobby container=webm"},
	}
}

// Ports takes what the file's container holds, so that an open conversion in front of it makes that.
func (o Out) Ports(conf element.Conf) []element.Port {
	c, ok := told(conf)
	if !ok {
		return o.Spec().Ports
	}
	return ports.Takes(c.audio, c.video)
}

func where(about string) element.Field { return element.Setting("path", value.File).Must().Says(about) }

func kind() element.Field {
	return element.Choice("container", names()...).Or(automatic).Shapes().Says("Kind of file; auto tells it by the name's extension.")
}

// inside is the field that tells what a file holds.
func inside(name string, k media.Kind) element.Field {
	f := element.Setting(name, value.Codec).Shapes().
		Says("Codec of its " + name + ", for readers that need to know before the file is opened; auto, or left out, finds out.")
	f.Constraint.Of = []string{codec.Auto}
	for _, c := range held(k) {
		f.Constraint.Of = append(f.Constraint.Of, string(c))
	}
	return f
}

// held lists the codecs of a kind that any container holds, best first.
func held(k media.Kind) []media.Codec {
	var out []media.Codec
	for _, c := range containers() {
		for _, codec := range c.holds(k) {
			if !slices.Contains(out, codec) {
				out = append(out, codec)
			}
		}
	}
	return out
}
