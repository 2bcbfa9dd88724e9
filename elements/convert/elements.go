// Package convert holds the two elements that change the coding of media: convert, which makes another codec, size or
// rate and is nothing at all where nothing is to be done, and decode, which makes raw media. It describes them and says
// of which GStreamer elements they are made; it runs none.
package convert

import (
	"time"

	"sluice/elements/codec"
	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Elements lists what this package describes.
func Elements() []element.Declared { return []element.Declared{Convert{}, Decode{}, codec.G729{}} }

// Convert makes one codec of another (R8).
type Convert struct{}

// Decode makes raw media.
type Decode struct{}

// Spec describes convert.
func (Convert) Spec() element.Spec {
	return element.Spec{
		Name:   "convert",
		About:  "Converts sound and pictures to another codec, size or rate; where nothing is to be done, it costs nothing.",
		Domain: element.Gst, Status: element.Beta, Klass: "Codec/Converter/Audio/Video",
		Ports: []element.Port{
			lane(element.In(ports.Audio, media.Audio, ports.All(media.Audio)...)).Says("Sound, coded or raw."),
			lane(element.In(ports.Video, media.Video, ports.All(media.Video)...)).Says("Pictures, coded or raw."),
			lane(element.Out(ports.Audio, media.Audio, encodable(media.Audio)...)).Says("The sound, converted."),
			lane(element.Out(ports.Video, media.Video, encodable(media.Video)...)).Says("The pictures, converted."),
		},
		Fields: convertFields(),
		Examples: []string{
			"convert",
			"convert codec=opus bitrate=64k",
			"convert codec=h264 width=640 fps=25 bitrate=800k",
			"convert codec=h264 profile=main gop=50 scenecut=false speed=slow hold=true",
		},
	}
}

func convertFields() []element.Field {
	words := []string{codec.Auto}
	for _, c := range codec.AllEncodable() {
		words = append(words, string(c))
	}
	target := element.Setting("codec", value.Codec).Shapes().
		Says("Codec to make; auto, or left out, what the readers want. It leaves media of the other kind as it is.")
	target.Constraint.Of = words
	return []element.Field{
		target,
		element.Number("width", 0, 8192).Shapes().Says("Picture width in pixels; 0 keeps it, or the shape if there is a height."),
		element.Number("height", 0, 8192).Shapes().Says("Picture height in pixels; 0 keeps it, or the shape if there is a width."),
		element.Setting("fps", value.Fraction).Within(value.Ratio{Num: 0, Den: 1}, value.Ratio{Num: 240, Den: 1}).Shapes().
			Says("Frames a second; 0 keeps them."),
		element.Setting("bitrate", value.Bitrate).Within(value.Bits(0), value.Bits(200_000_000)).Playing().
			Says("Bits a second of the codec, or of the pictures where no codec is given; 0 chooses by size."),
		element.Number("quality", 0, 100).Says("Picture quality, 1 to 100, instead of a steady bit rate; 0 keeps to the bit rate."),
		element.Number("rate", 0, 192_000).Shapes().Says("Samples a second of the sound, in Hz; 0 lets the codec choose."),
		element.Number("channels", 0, 2).Shapes().Says("Channels of the sound; 0 lets the codec choose."),
		element.Span("keyframe", 100*time.Millisecond, time.Minute).Or(2 * time.Second).
			Says("Longest time between two key frames."),
		element.Number("gop", 0, 10_000).Says("Longest distance of two key frames in frames, instead of keyframe; 0 goes by that."),
		element.Setting("scenecut", value.Bool).Or(true).
			Says("Begin with a key frame also where the scene changes; without, renditions of one picture have theirs at the same frames."),
		element.Choice("profile", append([]string{codec.Auto}, codec.Profiles()...)...).
			Says("Profile of H.264; auto is baseline, which every browser and phone plays."),
		element.Choice("speed", string(codec.Fastest), string(codec.Fast), string(codec.Slow)).Or(string(codec.Fast)).
			Says("How fast pictures are coded; what is slower looks better at the same bit rate."),
		element.Setting("hold", value.Bool).Or(false).
			Says("Hold pictures back to code them better, which nobody may wait for: for files."),
		element.Choice("encoder", encoders()...).Shapes().
			Says("Element that encodes the pictures: auto is the best that may be used here, software the best that needs no device."),
		element.Setting("bframes", value.Bool).Or(false).
			Says("Let B-frames pass where only the codec counts; browsers cannot show them."),
		element.Setting("always", value.Bool).Or(false).
			Says("Code anew even what could pass, for who knows that it does not suit: the hub asks for nothing else."),
		unguarded(),
	}
}

// encoders are the words of the setting of that name: elements for codecs that several make.
func encoders() []string {
	words := []string{codec.Auto, codec.Software}
	for _, c := range codec.AllEncodable() {
		if list := codec.Makers(c); c.Kind() == media.Video && len(list) > 1 {
			words = append(words, list...)
		}
	}
	return words
}

func unguarded() element.Field {
	return element.Setting("unguarded", value.Bool).Or(false).
		Says("Decode H.264 and H.265 of any chroma format and depth, which can crash the worker if the sender is hostile.")
}

// Spec describes decode.
func (Decode) Spec() element.Spec {
	return element.Spec{
		Name:   "decode",
		About:  "Decodes sound and pictures; what is raw already passes.",
		Domain: element.Gst, Status: element.Beta, Klass: "Codec/Decoder/Audio/Video",
		Ports: []element.Port{
			lane(element.In(ports.Audio, media.Audio, ports.All(media.Audio)...)).Says("Sound, coded or raw."),
			lane(element.In(ports.Video, media.Video, ports.All(media.Video)...)).Says("Pictures, coded or raw."),
			element.Out(ports.Audio, media.Audio).Raw().Maybe().Says("Raw sound, in the rate and channels of the stream."),
			element.Out(ports.Video, media.Video).Raw().Maybe().Says("Raw pictures, in the size and colours of the stream."),
		},
		Fields: []element.Field{
			element.Choice("kind", string(media.Audio), string(media.Video)).Shapes().Says("The only kind to decode; both when left out."),
			unguarded(),
		},
		Examples: []string{"decode", "decode kind=video"},
	}
}

// lane is a port of either element: it need not be linked, and raw media may pass as well as coded.
func lane(p element.Port) element.Port {
	p.Caps += "; " + element.RawCaps(p.Kind())
	return p.Maybe()
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
