package testio

import (
	"fmt"
	"time"

	"sluice/elements/codec"
	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// volume of the tone: four of them can be added up without clipping.
const volume = 0.2

// burst is how much sound is in a buffer: what most codecs of calls put in a packet.
const burst = 20 * time.Millisecond

// Build makes, for each kind that is linked, a source of GStreamer's that stops by itself, caps, and the encoder that
// convert would use.
func (In) Build(p *element.Piece, conf element.Conf) error {
	for _, port := range []string{ports.Audio, ports.Video} {
		out, linked := p.Output(port)
		if !linked {
			continue
		}
		source, target := sound(conf), soundTarget(conf)
		if port == ports.Video {
			source, target = pictures(conf), pictureTarget(conf)
		}
		target.Codec = choose(codec.Named(conf.Text(port)), out.Want, p.Chooser)
		if target.Codec == "" {
			target = codec.Target{Kind: target.Kind} // the source has the shape already
		}
		chain, err := codec.Encoder("", target, p.Chooser)
		if err != nil {
			return p.Refuse("%s: %s", port, err)
		}
		ends := append(source, chain...).AddTo(p, element.Pad{}, "", port[:1])
		p.Exit(port, "", ends.Last, target.Give())
	}
	return nil
}

// choose is the codec to make, "" for raw media: the one set, or the best that the reader takes.
func choose(set media.Codec, want []element.Format, by element.Chooser) media.Codec {
	if set != "" || want == nil {
		return set
	}
	for _, f := range want {
		if f.Codec == "" {
			return ""
		}
	}
	for _, f := range want {
		if codec.Makes(f.Codec, by) {
			return f.Codec
		}
	}
	return ""
}

// sound is a tone.
func sound(conf element.Conf) codec.Chain {
	rate, channels := conf.Int("rate"), conf.Int("channels")
	if rate == 0 {
		rate = usualRate
	}
	if channels == 0 {
		channels = 2
	}
	wave := []element.Prop{element.Set("wave", "sine"), element.Set("freq", float64(conf.Int("tone")))}
	if conf.Int("tone") == 0 {
		wave = []element.Prop{element.Set("wave", "silence")}
	}
	samples := rate * int64(burst) / int64(time.Second)
	count := int64(-1)
	if n := conf.Duration("length"); n > 0 {
		count = max(1, int64((n+burst/2)/burst))
	}
	props := append(wave, element.Set("volume", volume), element.Set("samplesperbuffer", samples))
	source := codec.Chain{{Name: "source", Factory: "audiotestsrc", Props: append(props, running(conf, count)...)}}
	return append(source, paced(conf, fmt.Sprintf("audio/x-raw,format=S16LE,rate=%d,channels=%d,layout=interleaved", rate, channels))...)
}

func soundTarget(conf element.Conf) codec.Target {
	return codec.Target{Kind: media.Audio, Rate: int(conf.Int("rate")), Channels: int(conf.Int("channels"))}
}

// pictures are of one pattern.
func pictures(conf element.Conf) codec.Chain {
	size, beat := sizeOf(conf), beatOf(conf)
	count := int64(-1)
	if n := conf.Duration("length"); n > 0 {
		count = max(1, int64(n.Seconds()*float64(beat.Num)/float64(beat.Den)+0.5))
	}
	props := append(pattern(conf.Text("pattern")), running(conf, count)...)
	shape := fmt.Sprintf("video/x-raw,format=I420,width=%d,height=%d,framerate=%s,pixel-aspect-ratio=1/1", size.Width, size.Height, beat)
	return append(codec.Chain{{Name: "source", Factory: "videotestsrc", Props: props}}, paced(conf, shape)...)
}

func pictureTarget(conf element.Conf) codec.Target {
	size := sizeOf(conf)
	return codec.Target{
		Kind: media.Video, Width: size.Width, Height: size.Height, Beat: beatOf(conf), Keyframe: conf.Duration("keyframe"),
		Encoder: codec.Software, // it tests what comes after it
	}
}

// running is what both sources are told alike.
func running(conf element.Conf, buffers int64) []element.Prop {
	out := []element.Prop{element.Set("num-buffers", buffers)}
	if late := conf.Duration("silent"); late > 0 {
		out = append(out, element.Set("timestamp-offset", int64(late)))
	}
	return out
}

// paced ends a source with its shape and, for a live one, a wait for each frame's time. The sources' own is-live is of no use:
// it puts the first frame at whatever time it is by then, so that runs differ and nothing can be late (GStreamer 1.22).
func paced(conf element.Conf, caps string) codec.Chain {
	out := codec.Chain{{Name: "caps", Factory: "capsfilter", Props: []element.Prop{element.Set("caps", caps)}}}
	if conf.Bool("live") {
		out = append(out, codec.Step{Name: "pace", Factory: "clocksync"})
	}
	return out
}

// sizeOf is the size with even sides, as 4:2:0 has them.
func sizeOf(conf element.Conf) value.Dimensions {
	d, ok := conf["size"].(value.Dimensions)
	if !ok {
		return usualSize()
	}
	return value.Dimensions{Width: max(2, d.Width&^1), Height: max(2, d.Height&^1)}
}

func beatOf(conf element.Conf) value.Ratio {
	if r, ok := conf["fps"].(value.Ratio); ok && r.Num > 0 {
		return r
	}
	return value.Ratio{Num: usualBeat, Den: 1}
}

// Build ends each track in a sink that waits for nothing: not for the clock, nor for a first buffer, since an optional
// track may never come.
func (Out) Build(p *element.Piece, _ element.Conf) error {
	for _, in := range p.Inputs {
		sink := codec.Chain{{Name: "sink", Factory: "fakesink", Props: []element.Prop{
			element.Set("sync", false), element.Set("async", false), element.Set("enable-last-sample", false),
		}}}
		prefix := in.Port[:1]
		if in.Key != "" {
			prefix += "-" + in.Key + "-"
		}
		p.Enter(in.Port, in.Key, sink.AddTo(p, element.Pad{}, in.Key, prefix).First)
	}
	return nil
}
