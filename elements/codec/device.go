package codec

import (
	"fmt"
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/media"
)

// family is the encoders of one kind of device. They differ from codec to codec in their names only.
type family struct {
	name    string                                       // with the codec's word in the place of the star: "nv*enc"
	codecs  []media.Codec                                //
	colours string                                       // that all of them take
	after   string                                       // caps that they cannot do without
	props   func(t Target, c media.Codec) []element.Prop //
}

// families is the table, best first: graphics cards of their own, then what is part of a processor, then what small computers
// have. The names are those of GStreamer 1.22, which has VA in two plugins and Intel's in two: the newer before the older. None
// of them was ever run by us: a trial finds out whether one works, with the very settings that stand here.
func families() []family {
	hl := []media.Codec{media.H264, media.H265}
	return []family{
		{"nv*enc", hl, "NV12", "", nvenc},
		{"va*enc", hl, "NV12", "", va},
		{"vaapi*enc", append(hl, media.VP8, media.VP9), "NV12", "", vaapi},
		{"qsv*enc", append(hl, media.VP9), "NV12", "", qsv},
		{"msdk*enc", append(hl, media.VP9), "NV12", "", msdk},
		// v4l2h264enc gives nothing unless it is told a level.
		{"v4l2*enc", hl[:1], "(string){I420,NV12}", ",level=(string)4", v4l2},
	}
}

// devices are the makers of a codec that need a device.
func devices(c media.Codec) []maker {
	var out []maker
	for _, f := range families() {
		if !slices.Contains(f.codecs, c) {
			continue
		}
		name := strings.Replace(f.name, "*", string(c), 1)
		out = append(out, maker{factory: name, colours: f.colours, after: f.after, step: func(t Target) Step {
			return Step{Name: "enc", Factory: name, Props: f.props(t, c)}
		}})
	}
	return out
}

// Device tells whether an encoder needs one.
func Device(factory string) bool { return Family(factory) != "" }

// Family names the kind of device that an encoder needs, the same for all that go to one driver: "nv". "" if it needs none.
func Family(factory string) string {
	for _, f := range families() {
		before, after, _ := strings.Cut(f.name, "*")
		rest, ok := strings.CutPrefix(factory, before)
		word, whole := strings.CutSuffix(rest, after)
		if ok && whole && slices.Contains(f.codecs, media.Codec(word)) {
			return before
		}
	}
	return ""
}

// nvenc: kilobits; zerolatency holds nothing back, and without it NVENC reorders. GstNvBaseEnc counts const-quality like a quantizer.
func nvenc(t Target, _ media.Codec) []element.Prop {
	props := []element.Prop{
		element.Set("bitrate", t.videoBitrate()/1000), element.Set("gop-size", t.group()), element.Set("bframes", int64(0)),
		element.Set("zerolatency", !t.Film), element.Set("preset", t.Speed.of("low-latency-hp", "low-latency-hq", "hq")),
	}
	if t.Quality > 0 {
		return append(props, element.Set("rc-mode", "vbr"), element.Set("const-quality", float64(t.scale(45, 18))))
	}
	return append(props, element.Set("rc-mode", "cbr"))
}

// va: kilobits; a driver need not know every mode, which the trial finds out.
func va(t Target, _ media.Codec) []element.Prop {
	props := []element.Prop{
		element.Set("key-int-max", t.group()), element.Set("b-frames", int64(0)),
		element.Set("target-usage", t.Speed.of(int64(7), int64(4), int64(1))),
	}
	if t.Quality > 0 {
		q := t.scale(45, 18)
		return append(props, element.Set("rate-control", "cqp"), element.Set("qpi", q), element.Set("qpp", q))
	}
	return append(props, element.Set("rate-control", "cbr"), element.Set("bitrate", t.videoBitrate()/1000))
}

// vaapi: kilobits. Its VP8 and VP9 have no B-frames to turn off.
func vaapi(t Target, c media.Codec) []element.Prop {
	props := []element.Prop{
		element.Set("keyframe-period", t.group()), element.Set("quality-level", t.Speed.of(int64(7), int64(4), int64(1))),
	}
	h := c == media.H264 || c == media.H265
	if h {
		props = append(props, element.Set("max-bframes", int64(0)))
	}
	if t.Quality > 0 && h {
		return append(props, element.Set("rate-control", "cqp"), element.Set("init-qp", t.scale(45, 18)))
	}
	return append(props, element.Set("rate-control", "cbr"), element.Set("bitrate", t.videoBitrate()/1000))
}

// qsv: kilobits.
func qsv(t Target, c media.Codec) []element.Prop {
	props := []element.Prop{
		element.Set("bitrate", t.videoBitrate()/1000), element.Set("gop-size", t.group()), element.Set("rate-control", "cbr"),
		element.Set("low-latency", !t.Film), element.Set("target-usage", t.Speed.of(int64(7), int64(4), int64(1))),
	}
	if c != media.VP9 {
		props = append(props, element.Set("b-frames", int64(0)))
	}
	return props
}

// msdk: kilobits; async-depth is how many pictures it holds back.
func msdk(t Target, _ media.Codec) []element.Prop {
	depth := int64(1)
	if t.Film {
		depth = 4
	}
	return []element.Prop{
		element.Set("bitrate", t.videoBitrate()/1000), element.Set("gop-size", t.group()), element.Set("rate-control", "cbr"),
		element.Set("b-frames", int64(0)), element.Set("async-depth", depth),
		element.Set("target-usage", t.Speed.of(int64(7), int64(4), int64(1))),
	}
}

// v4l2 is told by controls of the kernel (Documentation/userspace-api/media/v4l/ext-ctrls-codec.rst), which count bits.
func v4l2(t Target, _ media.Codec) []element.Prop {
	return []element.Prop{element.Set("extra-controls", fmt.Sprintf(
		"controls,video_bitrate=%d,h264_i_frame_period=%d,video_b_frames=0,repeat_sequence_header=1", t.videoBitrate(), t.group()))}
}
