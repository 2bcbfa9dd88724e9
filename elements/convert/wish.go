package convert

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sluice/elements/codec"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// wish is what one lane of a convert node is asked for: by its settings, and by whoever reads what it makes.
type wish struct {
	in      element.Format
	want    []element.Format // nil: anything
	target  codec.Target     // from the settings; Codec is "" if they name none of this kind
	bframes bool             // B-frames may pass
	always  bool             // nothing may pass
}

// newWish reads a node's settings for one kind of media. both tells whether the node has lanes of both kinds, in
// which case a bit rate without a codec means the pictures.
func newWish(in element.Input, out element.Output, conf element.Conf, both bool) wish {
	kind := in.Format.Kind
	t := codec.Target{Kind: kind, Keyframe: conf.Duration("keyframe")}
	named := codec.Named(conf.Text("codec"))
	if named.Kind() == kind {
		t.Codec = named
	}
	if t.Codec != "" || named == "" && (kind == media.Video || !both) {
		t.Bitrate = conf.Int("bitrate")
	}
	if kind == media.Video {
		// Odd sides cannot be coded in 4:2:0; the picture loses a line at most.
		t.Width, t.Height = int(conf.Int("width"))&^1, int(conf.Int("height"))&^1
		t.FPS, _ = conf["fps"].(value.Ratio)
		t.Quality = int(conf.Int("quality"))
		t.Encoder = conf.Text("encoder")
		t.Group, t.Film, t.Speed = int(conf.Int("gop")), conf.Bool("hold"), codec.Speed(conf.Text("speed"))
		t.Steady = conf.Has("scenecut") && !conf.Bool("scenecut")
		if p := conf.Text("profile"); p != codec.Auto {
			t.Profile = p
		}
	} else {
		t.Rate, t.Channels = int(conf.Int("rate")), int(conf.Int("channels"))
	}
	return wish{in: in.Format, want: out.Want, target: t, bframes: conf.Bool("bframes"), always: conf.Bool("always")}
}

// raw tells whether what comes in is decoded already.
func (w wish) raw() bool {
	return w.in.Codec == "" && strings.HasPrefix(w.in.Caps, element.RawCaps(w.in.Kind))
}

// passes tells whether the media may go through as it came.
func (w wish) passes() bool {
	switch {
	case w.always, !w.target.Plain():
		return false
	case w.target.Codec != "":
		return w.in.Codec == w.target.Codec && (!w.in.BFrames || w.bframes)
	case w.want == nil:
		return true
	case w.in.Codec == "" && !w.raw():
		return false // of unknown codec
	}
	return slices.ContainsFunc(w.want, func(f element.Format) bool {
		same := (f.Rate == 0 || f.Rate == w.in.Rate) && (f.Channels == 0 || f.Channels == w.in.Channels)
		return f.Codec == w.in.Codec && (f.BFrames || w.bframes || !w.in.BFrames) && same
	})
}

// choose says what to make. The error names both sides.
func (w wish) choose(by element.Chooser) (codec.Target, error) {
	t := w.target
	wanted := func(c media.Codec) bool {
		return w.want == nil || slices.ContainsFunc(w.want, func(f element.Format) bool { return f.Codec == c })
	}
	switch {
	case t.Codec != "":
		if !wanted(t.Codec) {
			return t, fmt.Errorf("%s: it is set to make %s, but what follows takes %s", t.Kind, t.Codec, words(w.want))
		}
		return t, nil
	case w.raw() && wanted(""), w.in.Codec != "" && wanted(w.in.Codec) && codec.Makes(w.in.Codec, by) && w.rates() == nil:
		t.Codec = w.in.Codec // the same, in another size or rate, or without B-frames
		return t, nil
	case w.want == nil:
		t.Codec = usual(t.Kind)
		return t, nil
	}
	for _, f := range w.want {
		if f.Codec == "" || codec.Makes(f.Codec, by) {
			t.Codec, t.Rate, t.Channels = f.Codec, cmp.Or(t.Rate, f.Rate), cmp.Or(t.Channels, f.Channels)
			return t, nil
		}
	}
	return t, fmt.Errorf("%s: %s comes in, %s is wanted, and none of those can be made", t.Kind, w.have(), words(w.want))
}

// rates is the first that is wanted of a certain rate; nil if there is none.
func (w wish) rates() *element.Format {
	for i := range w.want {
		if w.want[i].Rate != 0 {
			return &w.want[i]
		}
	}
	return nil
}

// usual is the codec that most readers of a kind take.
func usual(k media.Kind) media.Codec {
	if k == media.Video {
		return media.H264
	}
	return media.Opus
}

// have names what comes in.
func (w wish) have() string {
	switch {
	case w.raw():
		return "raw media"
	case w.in.Codec == "":
		return "an unknown codec"
	case w.in.BFrames:
		return string(w.in.Codec) + " with B-frames"
	}
	return string(w.in.Codec)
}

// words names what is wanted.
func words(want []element.Format) string {
	var out []string
	for _, f := range want {
		word := string(f.Codec)
		if word == "" {
			word = "raw media"
		}
		if !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	switch len(out) {
	case 0:
		return "nothing"
	case 1:
		return out[0]
	}
	return strings.Join(out[:len(out)-1], ", ") + " or " + out[len(out)-1]
}
