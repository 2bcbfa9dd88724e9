package codec

import (
	"fmt"
	"time"

	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Target is what a chain is to make. Zero values leave a choice to the table.
type Target struct {
	Kind     media.Kind
	Codec    media.Codec   // "" for raw media
	Width    int           // in pixels; if only one of the two is given, the picture keeps its shape
	Height   int           //
	FPS      value.Ratio   // frames a second
	Beat     value.Ratio   // frames a second of what comes in, if known: key frames are counted by it where FPS is not asked for
	Bitrate  int64         // bits a second
	Quality  int           // 1 to 100; 0 means by bitrate
	Rate     int           // samples a second
	Channels int           // of sound
	Keyframe time.Duration // longest time between key frames
	Group    int           // the same counted in frames; 0 counts by time
	Steady   bool          // key frames come where they are due and nowhere else: not where the scene changes
	Profile  string        // of H.264: one of Profiles; "" is what every player takes
	Film     bool          // pictures may be held back to be coded better: nobody waits for them
	Speed    Speed         // how much time a picture may take
	Encoder  string        // the element that is to encode, Software, or "" for the one that is chosen
}

// Speed is how fast an encoder is to be, at the cost of how well it uses its bits.
type Speed string

// The speeds. Fast is what is meant where none is given: it keeps up with live pictures of 720p on one core.
const (
	Fastest Speed = "fastest"
	Fast    Speed = "fast"
	Slow    Speed = "slow"
)

// Profiles lists what a target's profile can be, but for "".
func Profiles() []string { return []string{"baseline", "main", "high"} }

// of picks the setting of a speed.
func (s Speed) of(fastest, fast, slow any) any {
	switch s {
	case Fastest:
		return fastest
	case Slow:
		return slow
	}
	return fast
}

// Auto in a setting means what its absence does: the codec that the readers like best. Graphs whose parameters have defaults
// cannot leave a setting out.
const Auto = "auto"

// Named is the codec that a setting names; "" for none.
func Named(word string) media.Codec {
	if word == Auto {
		return ""
	}
	return media.Codec(word)
}

// Plain tells whether nothing but the codec is asked for.
func (t Target) Plain() bool {
	return t.Width == 0 && t.Height == 0 && t.FPS.Num == 0 && t.Bitrate == 0 && t.Quality == 0 && t.Rate == 0 && t.Channels == 0
}

// The settings where nobody gave any.
const (
	usualKeyframe = 2 * time.Second // a player who joins waits half of it, and HLS cuts there
	usualFPS      = 30              // encoders count key frame distance in frames, whose rate may not be known yet
)

// group is the longest distance between key frames, in frames.
func (t Target) group() int64 {
	if t.Group > 0 {
		return int64(t.Group)
	}
	d := t.Keyframe
	if d <= 0 {
		d = usualKeyframe
	}
	return max(1, int64(d.Seconds()*t.fps()+0.5))
}

func (t Target) fps() float64 {
	for _, r := range []value.Ratio{t.FPS, t.Beat} {
		if r.Num > 0 && r.Den > 0 {
			return rateOf(r)
		}
	}
	return usualFPS
}

// videoBitrate is the rate asked for, or one that suits the size: 0.07 bits a pixel look well in H.264 veryfast, newer
// codecs need two thirds of it. With no size known it is that of 720p.
func (t Target) videoBitrate() int64 {
	if t.Bitrate > 0 {
		return t.Bitrate
	}
	w, h := t.Width, t.Height
	switch {
	case w == 0 && h == 0:
		w, h = 1280, 720
	case w == 0:
		w = h * 16 / 9
	case h == 0:
		h = w * 9 / 16
	}
	bits := int64(float64(w*h) * t.fps() * 0.07)
	if t.Codec == media.H265 || t.Codec == media.VP9 || t.Codec == media.AV1 {
		bits = bits * 2 / 3
	}
	const least = 100_000
	return max(least, bits/1000*1000)
}

// scale turns quality, 1 to 100, into an encoder's quantizer, of which the lowest is the best.
func (t Target) scale(worst, best int) int64 { return int64(worst - t.Quality*(worst-best)/100) }

// Give is the format that comes out of a chain.
func (t Target) Give() element.Format {
	f := element.Format{Kind: t.Kind, Codec: t.Codec}
	switch t.Codec {
	case media.H264:
		f.Caps = t.h264()
	case "":
		f.Caps = element.RawCaps(t.Kind)
	}
	return f
}

// String says what is to be made, for notes and errors: "h264 1280x720".
func (t Target) String() string {
	s := string(t.Codec)
	if s == "" {
		s = "raw " + string(t.Kind)
	}
	switch {
	case t.Width > 0 && t.Height > 0:
		s += fmt.Sprintf(" %dx%d", t.Width, t.Height)
	case t.Width > 0:
		s += fmt.Sprintf(" %d wide", t.Width)
	case t.Height > 0:
		s += fmt.Sprintf(" %d high", t.Height)
	}
	return s
}
