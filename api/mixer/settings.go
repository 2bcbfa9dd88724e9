package mixer

import (
	"errors"

	"sluice/engine/fault"
	"sluice/engine/value"
)

// Settings are what a mixer is like from its beginning.
type Settings struct {
	Audio, Video  bool // what it mixes
	Width, Height int  // of the picture, in pixels
	FPS           int
	Bitrate       int // of the picture, in bits a second
	// Layout is the name of one of ours, of one of WCS's classes, or a description.
	Layout string
	Labels bool // write into each picture whose it is
	// MCUAudio gives each guest a stream of its own with the sound of all others, and MCUVideo that stream the picture of all.
	MCUAudio, MCUVideo bool
	Watermark          Mark   // on the whole picture
	Background         string // file of a picture behind all; "" for black
}

// Mark is a picture that lies above another.
type Mark struct {
	File string // "" for none
	X, Y int    // where, in pixels; those below 0 count from the right and the bottom
	// Width and Height are its size in pixels; 0 leaves it as it is.
	Width, Height int
	Alpha         float64 // 0 is see-through, 1 covers all; 0 for the zero Mark only
}

// Limits of settings, as the graphs have them.
const (
	leastSide, mostWidth, mostHeight = 64, 1920, 1080
	mostFPS                          = 60
	kilo                             = 1000
	leastBitrate, mostBitrate        = 50_000, 20_000_000
)

// check tells all that is wrong with settings, each by the member of a request that it comes from.
func (s Settings) check() error {
	var wrong []error
	within := func(place string, n, least, most int) {
		if n < least || n > most {
			wrong = append(wrong, fault.New(fault.InvalidParams, place, "%d is not between %d and %d", n, least, most))
		}
	}
	if !s.Audio && !s.Video {
		wrong = append(wrong, fault.New(fault.InvalidParams, "/hasVideo", "a mixer has sound, a picture, or both"))
	}
	if s.MCUAudio && (!s.Audio || !s.Video) {
		wrong = append(wrong, fault.New(fault.InvalidParams, "/mixerMcuAudio", "guests have streams of their own where both are mixed"))
	}
	if s.Video {
		within("/mixerVideoWidth", s.Width, leastSide, mostWidth)
		within("/mixerVideoHeight", s.Height, leastSide, mostHeight)
		within("/mixerVideoFps", s.FPS, 1, mostFPS)
		within("/mixerVideoBitrateKbps", s.Bitrate/kilo, leastBitrate/kilo, mostBitrate/kilo)
		if _, err := layoutOf(s.Layout); err != nil {
			wrong = append(wrong, err)
		}
	}
	return errors.Join(wrong...)
}

// graph is the graph of such a mixer.
func (s Settings) graph() string {
	switch {
	case !s.Video:
		return "wcs/mixer_sound"
	case !s.Audio:
		return "wcs/mixer_picture"
	case s.MCUAudio && s.MCUVideo:
		return "wcs/mcu"
	case s.MCUAudio:
		return "wcs/mcu_sound"
	}
	return "wcs/mixer"
}

// params are the graph's.
func (s Settings) params(output string) map[string]any {
	out := map[string]any{"output": output}
	if s.Video {
		layout, _ := layoutOf(s.Layout) // it was checked
		out["width"], out["height"], out["fps"] = int64(s.Width), int64(s.Height), int64(s.FPS)
		out["bitrate"], out["layout"], out["labels"] = value.Bits(s.Bitrate), layout, s.Labels
	}
	return out
}
