package codec

import (
	"cmp"
	"fmt"
	"math"

	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// h264 is the caps of H.264 in the target's profile: constrained baseline is what every browser and phone plays (R13).
func (t Target) h264() string {
	if t.Profile == "" || t.Profile == Profiles()[0] {
		return "video/x-h264,profile=constrained-baseline"
	}
	return "video/x-h264,profile=" + t.Profile
}

// pictures is the chain that brings raw video into the target's size, rate and colours, and then encodes it unless raw
// video is wanted.
func pictures(t Target, c element.Chooser) (Chain, error) {
	if t.Codec == "" && t.Plain() {
		return nil, nil
	}
	t.FPS = pictureRate(t)
	var out Chain
	if t.FPS.Num > 0 {
		// skip-to-first: a branch added later would otherwise begin with copies of its first picture, back to time 0.
		out = append(out, Step{Name: "rate", Factory: "videorate", Props: []element.Prop{element.Set("skip-to-first", true)}})
	}
	out = append(out, Step{Name: "scale", Factory: "videoconvertscale"})
	if t.Codec == "" {
		return append(out, Step{
			Name: "fit", Factory: "capsfilter", Props: []element.Prop{element.Set("caps", rawPicture(t, ""))},
		}), nil
	}
	m, err := t.maker(c)
	if err != nil {
		return nil, err
	}
	enc := m.step(t)
	enc.Device, enc.Before = Device(m.factory), rawPicture(t, cmp.Or(m.colours, usualColours))
	return append(append(out, enc), t.following(m)...), nil
}

// following is what must follow an encoder.
func (t Target) following(m maker) Chain {
	switch t.Codec {
	case media.H264:
		return Chain{parameterSets("h264parse", t.h264()+m.after)}
	case media.H265:
		return Chain{parameterSets("h265parse", "video/x-h265,profile=main"+m.after)}
	case media.AV1:
		return Chain{{Name: "head", Factory: "av1parse"}}
	case media.MPEG1:
		return Chain{{Name: "head", Factory: "mpegvideoparse"}}
	}
	return nil
}

// usualColours is the raw format for an encoder, by R13: x264enc and x265enc otherwise take 4:4:4 with 10 bits when they can get it,
// which no browser plays.
const usualColours = "I420"

// rawPicture is caps of raw video. Sides are even, in steps of 2, because x264 refuses odd ones and screen shares have
// them; a picture whose sides are even already is not touched.
func rawPicture(t Target, colours string) string {
	caps := "video/x-raw"
	if colours != "" {
		caps += ",format=" + colours
	}
	side := func(n int) string {
		if n > 0 {
			return fmt.Sprint(n)
		}
		return "(int)[2,8192,2]"
	}
	caps += ",width=" + side(t.Width) + ",height=" + side(t.Height)
	if t.Width > 0 || t.Height > 0 {
		caps += ",pixel-aspect-ratio=1/1" // or the shape would be kept by stretching pixels
	}
	if t.FPS.Num > 0 {
		caps += ",framerate=" + t.FPS.String()
	}
	return caps
}

// pictureRate is the frame rate asked for. MPEG-1 knows a few only (ISO 11172-2 2.4.3.2), so it always gets one of them.
func pictureRate(t Target) value.Ratio {
	if t.Codec != media.MPEG1 {
		return t.FPS
	}
	best := value.Ratio{Num: usualFPS, Den: 1}
	for _, r := range []value.Ratio{{Num: 24, Den: 1}, {Num: 25, Den: 1}, {Num: 50, Den: 1}} {
		if t.FPS.Num > 0 && math.Abs(rateOf(r)-t.fps()) < math.Abs(rateOf(best)-t.fps()) {
			best = r
		}
	}
	return best
}

func rateOf(r value.Ratio) float64 { return float64(r.Num) / float64(r.Den) }

// x264 without lookahead and B-frames (zerolatency): one frame in, one out. veryfast costs 0.3 of a core for 720p30 of hard
// content, ultrafast a third of that but twice the bits. A film is looked ahead into, 40 frames, and has no B-frames either, so
// that every player shows it.
func x264(t Target) Step {
	props := append(t.held(), element.Set("speed-preset", t.Speed.of("ultrafast", "veryfast", "medium")), element.Set("bframes", int64(0)),
		element.Set("key-int-max", t.group()), element.Set("bitrate", t.videoBitrate()/1000))
	if t.Quality > 0 {
		// Constant quality, with the bit rate as its ceiling.
		props = append(props, element.Set("pass", "qual"), element.Set("quantizer", t.scale(45, 18)))
	}
	return Step{Name: "enc", Factory: "x264enc", Props: append(props, t.cuts()...)}
}

func x265(t Target) Step {
	// slower ones do not keep up with 720p30 on a core
	props := append(t.held(), element.Set("speed-preset", t.Speed.of("ultrafast", "ultrafast", "medium")),
		element.Set("key-int-max", t.group()), element.Set("bitrate", t.videoBitrate()/1000))
	if t.Quality > 0 {
		props = append(props, element.Set("qp", t.scale(45, 20)))
	}
	return Step{Name: "enc", Factory: "x265enc", Props: append(props, t.cuts()...)}
}

// openh264 is what is left where x264 is not to be used: BSD, and faster than x264's veryfast, for more bits. Of the profiles it
// writes baseline's tools only, whatever it is called.
func openh264(t Target) Step {
	props := []element.Prop{
		element.Set("rate-control", "bitrate"), element.Set("bitrate", t.videoBitrate()), element.Set("gop-size", t.group()),
		element.Set("complexity", t.Speed.of("low", "medium", "high")), element.Set("scene-change-detection", !t.Steady),
		element.Set("multi-thread", int64(1)), // as many slices as threads otherwise, and threads for every encoder
	}
	if t.Quality > 0 {
		props = append(props, element.Set("qp-min", t.scale(45, 18))) // no better than asked for: it has no mode of constant quality
	}
	return Step{Name: "enc", Factory: "openh264enc", Props: props}
}

// held has x264 and x265 hold no picture back, unless it is a film.
func (t Target) held() []element.Prop {
	if t.Film {
		return nil
	}
	return []element.Prop{element.Set("tune", "zerolatency")}
}

// cuts has x264 and x265 begin no group where the scene changes, if that is asked for.
func (t Target) cuts() []element.Prop {
	if !t.Steady {
		return nil
	}
	return []element.Prop{element.Set("option-string", "scenecut=0")}
}

// parameterSets repeats them before every key frame, so that whoever joins there can decode.
func parameterSets(parser, before string) Step {
	return Step{Name: "head", Factory: parser, Before: before, Props: []element.Prop{element.Set("config-interval", int64(-1))}}
}

func jpeg(t Target) Step {
	quality := int64(75)
	if t.Quality > 0 {
		quality = int64(t.Quality)
	}
	return Step{Name: "enc", Factory: "jpegenc", Props: []element.Prop{element.Set("quality", quality)}}
}

func vp8(t Target) Step { return vpx("vp8enc", t.Speed.of(int64(8), int64(4), int64(1)), t) }

func vp9(t Target) Step {
	s := vpx("vp9enc", t.Speed.of(int64(9), int64(8), int64(5)), t)
	s.Props = append(s.Props, element.Set("row-mt", true))
	return s
}

// vpx is VP8 or VP9 in real time: at most one frame's time a frame (deadline=1), none held back.
func vpx(factory string, speed any, t Target) Step {
	props := []element.Prop{
		element.Set("deadline", int64(1)), element.Set("cpu-used", speed), element.Set("lag-in-frames", int64(0)),
		element.Set("keyframe-max-dist", t.group()), element.Set("target-bitrate", t.videoBitrate()),
		// A lost frame must not spoil the decoder's tables for the following ones.
		element.Set("error-resilient", "default"), element.Set("threads", int64(2)),
	}
	if t.Quality > 0 {
		props = append(props, element.Set("end-usage", "cq"), element.Set("cq-level", t.scale(60, 4)))
	} else {
		props = append(props, element.Set("end-usage", "cbr"))
	}
	return Step{Name: "enc", Factory: factory, Props: props}
}

// av1 by libaom 3.6; only the real-time profile keeps up, and only just. av1enc 1.22 leaves both ends of the quantizer's range
// at 0 unless told otherwise: the bit rate is then ignored, and with end-usage=cbr libaom aborts the process (measured).
func av1(t Target) Step {
	least, most := int64(2), int64(58)
	if t.Quality > 0 {
		least = t.scale(58, 2) // no better than asked for: av1enc cannot set a quality level
	}
	return Step{Name: "enc", Factory: "av1enc", Props: []element.Prop{
		element.Set("usage-profile", "realtime"), element.Set("cpu-used", int64(9)), element.Set("row-mt", true),
		element.Set("lag-in-frames", int64(0)), element.Set("keyframe-max-dist", t.group()),
		element.Set("target-bitrate", t.videoBitrate()/1000), element.Set("end-usage", "cbr"),
		element.Set("min-quantizer", least), element.Set("max-quantizer", most),
	}}
}

// mpeg1 for the player in JavaScript. Not avenc_mpeg1video, which gst-libav 1.22 gives a time base that libav refuses. mpeg2enc
// looks ahead a whole group of pictures, so groups are short: 15 frames are half a second of latency.
func mpeg1(t Target) Step {
	group := min(t.group(), 15)
	props := []element.Prop{
		element.Set("format", "0"), // plain MPEG-1, of any size and rate
		element.Set("constraints", false), element.Set("bitrate", min(t.videoBitrate()/1000, 40_000)),
		element.Set("max-gop-size", group), element.Set("min-gop-size", group),
		element.Set("sequence-header-every-gop", true), // so that a player may join at any of them
		element.Set("disable-encode-retries", true),    // one pass, or it does not keep up
	}
	if t.Quality > 0 {
		props = append(props, element.Set("quantisation", t.scale(31, 1)))
	}
	return Step{Name: "enc", Factory: "mpeg2enc", Props: props}
}

// libav are its encoders for old players. They count bits, not kilobits.
func libav(factory string) func(Target) Step {
	return func(t Target) Step {
		return Step{Name: "enc", Factory: factory, Props: []element.Prop{
			element.Set("bitrate", t.videoBitrate()), element.Set("gop-size", t.group()), element.Set("max-bframes", int64(0)),
		}}
	}
}
