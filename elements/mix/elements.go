// Package mix holds the two mixers: video.mix lays pictures side by side, audio.mix adds sounds up, with, for each of its
// listeners, a sound that leaves the listener out. It describes them and says of which GStreamer elements they are made.
// Pictures lie where their layout says, which changes while playing as keys come and go.
package mix

import (
	"time"

	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Elements lists what this package describes.
func Elements() []element.Declared { return []element.Declared{Video{}, Audio{}} }

// Names of ports.
const (
	in    = "in"
	out   = "out"
	minus = "minus"
)

// The settings where nobody gave any.
const (
	usualWidth   = 1280
	usualHeight  = 720
	usualFPS     = 30
	usualRate    = 48000
	usualLatency = 200 * time.Millisecond
)

// Video lays pictures side by side.
type Video struct{}

// Audio adds sounds up.
type Audio struct{}

// Spec describes video.mix.
func (Video) Spec() element.Spec {
	return element.Spec{
		Name:   "video.mix",
		About:  "Lays any number of pictures side by side in one; black where there are none.",
		Domain: element.Gst, Status: element.Beta, Klass: "Filter/Editor/Video/Compositor",
		Ports: []element.Port{
			element.In(in, media.Video).Raw().Many().Maybe().Says("A picture to show, raw, of any size and rate; they may come and go."),
			element.Out(out, media.Video).Raw().Says("All pictures in one, I420, without a pause."),
		},
		Fields: []element.Field{
			element.Choice("layout", "grid", "speaker", "pip").Or("grid").Playing().
				Says("How pictures lie: all alike, the one who speaks large, or the second small in a corner of the first."),
			element.Number("width", 16, 8192).Or(int64(usualWidth)).Shapes().Says("Width of the whole in pixels."),
			element.Number("height", 16, 8192).Or(int64(usualHeight)).Shapes().Says("Height of the whole in pixels."),
			element.Setting("fps", value.Fraction).Within(value.Ratio{Num: 1, Den: 1}, value.Ratio{Num: 60, Den: 1}).
				Or(value.Ratio{Num: usualFPS, Den: 1}).Shapes().Says("Frames a second of the whole."),
			latency("How late a picture may come and still be shown."), live(),
		},
		Actions: []element.Action{
			{Name: "place", About: "Puts one picture somewhere else, until the layout changes.", Args: []element.Field{
				seat(),
				element.Number("x", -8192, 8192).Must().Says("Left edge in pixels."),
				element.Number("y", -8192, 8192).Must().Says("Top edge in pixels."),
				element.Number("width", 2, 8192).Must().Says("Width in pixels."),
				element.Number("height", 2, 8192).Must().Says("Height in pixels."),
				element.Number("layer", 1, 1000).Or(int64(1)).Says("Which picture covers which; higher covers lower."),
			}},
			{Name: "hide", About: "Shows one picture no longer, or again.", Args: []element.Field{
				seat(), element.Setting("hidden", value.Bool).Or(true).Says("Whether it is hidden."),
			}},
		},
		Examples: []string{"video.mix", "video.mix layout=speaker width=1280 height=720 fps=30"},
	}
}

// Spec describes audio.mix.
func (Audio) Spec() element.Spec {
	return element.Spec{
		Name:   "audio.mix",
		About:  "Adds any number of sounds up; silence where there are none.",
		Domain: element.Gst, Status: element.Beta, Klass: "Generic/Audio",
		Ports: []element.Port{
			element.In(in, media.Audio).Raw().Many().Maybe().
				Says("A sound to add, raw, with the mixer's rate and channels: put audioconvert and audioresample before. Any may come and go."),
			element.Out(out, media.Audio).Raw().Maybe().Says("All sounds, without a pause."),
			element.Out(minus, media.Audio).Raw().PerKey().Maybe().Says("What everybody else says: all sounds but those of this key."),
		},
		Fields: []element.Field{
			element.Number("rate", 8000, 96_000).Or(int64(usualRate)).Shapes().Says("Samples a second, in Hz."),
			element.Number("channels", 1, 2).Or(int64(2)).Shapes().Says("Channels: 1 is mono, 2 stereo."),
			latency("How late a sound may come and still be heard."), live(),
		},
		Actions: []element.Action{
			{Name: "volume", About: "Makes one sound louder or softer for all.", Args: []element.Field{
				seat(), element.Setting("volume", value.Float).Within(0.0, 10.0).Must().Says("Factor; 1 leaves it as it is, 0 is silence."),
			}},
			{Name: "mute", About: "Adds one sound no longer, or again.", Args: []element.Field{
				seat(), element.Setting("muted", value.Bool).Or(true).Says("Whether it is left out."),
			}},
		},
		Examples: []string{"audio.mix", "audio.mix rate=48000 channels=2 latency=300ms"},
	}
}

func latency(about string) element.Field {
	return element.Span("latency", 0, 5*time.Second).Or(usualLatency).Says(about)
}

func live() element.Field {
	return element.Setting("live", value.Bool).Or(true).Shapes().
		Says("Keep time, also while nobody is there; false goes as fast as the inputs come, and ends with the last of them.")
}

// keepsTime tells whether the mixer goes on by itself.
func keepsTime(conf element.Conf) bool { return !conf.Has("live") || conf.Bool("live") }

func seat() element.Field {
	return element.Setting("key", value.String).Must().Says("Key of the node that it comes from.")
}
