package transcoder

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// Task is what somebody asks a transcoder to do.
type Task struct {
	URI    string // its name: "transcoder://tcode1"
	Input  string // the stream that it takes
	Output string // the stream that it publishes
	Video  Video
	Audio  Audio
}

// Video is what the pictures are to be like. What is zero is left to the graph.
type Video struct {
	Codecs  []media.Codec // that of the input is taken if it is among them, and else the first; none is H.264
	Encoder string        // which one makes H.264, as convert has it
	Width   int           // in pixels; of the two, one that is zero follows the other
	Height  int
	FPS     float64
	Group   int // frames from one key frame to the next
	Kilobit int // a second
	Quality int // 1 to 100
	Mark    Mark
}

// Audio is what the sound is to be like. What is zero is left as it is.
type Audio struct {
	Codecs   []media.Codec // the sound passes if its codec is among them, and becomes the first else; none leaves it as it is
	Rate     int           // in Hz
	Channels int
	Kilobit  int // a second
}

// Mark is a picture that is laid over each frame.
type Mark struct {
	Name          string // of its file, as it was asked for; "" is none
	Path          string // of its file
	X, Y          int    // in pixels from the left and the upper edge; less than 0, from the others
	Width, Height int    // in pixels; 0 are those of the file
	Alpha         float64
}

// params are those of the graph, for an input.
func (t Task) params(input hub.StreamInfo) map[string]any {
	out := map[string]any{
		"input": t.Input, "output": t.Output,
		"video": string(choose(t.Video.Codecs, codecOf(input, media.Video), media.H264)),
		"audio": string(choose(t.Audio.Codecs, codecOf(input, media.Audio), "auto")),
	}
	set := func(name string, n int) {
		if n != 0 {
			out[name] = n
		}
	}
	bits := func(name string, kilobit int) {
		if kilobit > 0 {
			out[name] = strconv.Itoa(kilobit) + "k"
		}
	}
	v := t.Video
	set("width", v.Width)
	set("height", v.Height)
	set("gop", v.Group)
	set("quality", v.Quality)
	bits("bitrate", v.Kilobit)
	if v.FPS > 0 {
		out["fps"] = ratio(v.FPS)
	}
	if v.Encoder != "" && out["video"] == string(media.H264) {
		out["encoder"] = v.Encoder
	}
	if v.Mark.Path != "" {
		out["watermark"], out["x"], out["y"], out["alpha"] = v.Mark.Path, v.Mark.X, v.Mark.Y, v.Mark.Alpha
		set("mark_width", v.Mark.Width)
		set("mark_height", v.Mark.Height)
	}
	set("rate", t.Audio.Rate)
	set("channels", t.Audio.Channels)
	bits("audio_bitrate", t.Audio.Kilobit)
	return out
}

// shaped tells whether the side that was left open is within limits, where the pictures of an input keep their shape. One that is not
// is fault.InvalidParams.
func (v Video) shaped(input hub.StreamInfo) error {
	t, _ := track(input, media.Video)
	if t.Width == 0 || t.Height == 0 || (v.Width == 0) == (v.Height == 0) {
		return nil
	}
	name, side := "width", v.Height*t.Width/t.Height
	if v.Height == 0 {
		name, side = "height", v.Width*t.Height/t.Width
	}
	if side < leastSide || side > mostSide {
		return fault.New(fault.InvalidParams, "/encoder/"+name, "in the shape of %d x %d it would be %d, which is not between %d and %d",
			t.Width, t.Height, side, leastSide, mostSide)
	}
	return nil
}

// fields are those of the graph's node "mark" that show the picture.
func (m Mark) fields() map[string]any {
	return map[string]any{"file": m.Path, "x": m.X, "y": m.Y, "width": m.Width, "height": m.Height, "alpha": m.Alpha}
}

// choose picks a codec of those that are wanted.
func choose(wanted []media.Codec, has, usual media.Codec) media.Codec {
	switch {
	case len(wanted) == 0:
		return usual
	case slices.Contains(wanted, has):
		return has
	}
	return wanted[0]
}

// codecOf is the codec of a stream's sound or pictures; "" if it has none.
func codecOf(s hub.StreamInfo, kind media.Kind) media.Codec {
	t, _ := track(s, kind)
	return t.Codec
}

// track finds the sound or the pictures that a stream is published with.
func track(s hub.StreamInfo, kind media.Kind) (media.Track, bool) {
	for _, t := range s.Tracks {
		if t.Track.Kind == kind && !t.Alternative {
			return t.Track, true
		}
	}
	return media.Track{}, false
}

// ratio writes a number of frames a second as the graph takes it: 29.97 is 2997/100, and 12.5 is 25/2.
func ratio(f float64) string {
	const fine = 1000
	num := int(math.Round(f * fine))
	common, rest := num, fine
	for rest != 0 {
		common, rest = rest, common%rest
	}
	return fmt.Sprintf("%d/%d", num/common, fine/common)
}
