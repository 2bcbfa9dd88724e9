// Package mix holds the two mixers: video.mix lays pictures side by side, audio.mix adds sounds up, with, for each of its
// listeners, a sound that leaves the listener out. Beside them it has video.watermark, for pictures that are not mixed. It
// describes them and says of which GStreamer elements they are made. Pictures lie where their layout says, which changes while
// playing as keys come and go.
package mix

import (
	"slices"
	"time"

	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Elements lists what this package describes.
func Elements() []element.Declared { return []element.Declared{Video{}, Audio{}, Overlay{}, Asrc{}} }

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

	usualTransition = 300 * time.Millisecond
	mostTransition  = 5 * time.Second
	usualHold       = 5 * time.Second
	usualRamp       = 50 * time.Millisecond
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
		Fields:   slices.Concat(laying(), dressing(), wholes()),
		Actions:  sights(),
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
				Says("A sound to add, raw; any may come and go. That of a keyed node may have any rate and is kept in time; others have the " +
					"mixer's rate and channels: put audioconvert, sluiceasrc and audioresample before."),
			element.Out(out, media.Audio).Raw().Maybe().Says("All sounds, without a pause."),
			element.Out(minus, media.Audio).Raw().PerKey().Maybe().Says("What everybody else says: all sounds but those of this key."),
		},
		Fields: []element.Field{
			element.Number("rate", 8000, 96_000).Or(int64(usualRate)).Shapes().Says("Samples a second, in Hz."),
			element.Number("channels", 1, 2).Or(int64(2)).Shapes().Says("Channels: 1 is mono, 2 stereo."),
			latency("How late a sound may come and still be heard."), live(),
			element.Setting("volumes", value.Map).Playing().Says("Factors by which the sounds of some keys are made louder or softer, 0 to 10."),
			element.Setting("muted", value.List).Playing().Says("Keys of sounds that are left out."),
			element.Span("ramp", 0, time.Second).Or(usualRamp).Playing().
				Says("How long a change of volume takes, also to and from silence; 0 is at once, and may be heard as a click."),
		},
		Actions:  sounds(),
		Examples: []string{"audio.mix", "audio.mix rate=48000 channels=2 latency=300ms"},
	}
}
