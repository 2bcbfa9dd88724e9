package aac

import (
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"

	"sluice/engine/media"
)

// frameLasts is how long a frame lasts: 1024 samples, or what the AudioSpecificConfig in the track says. With spectral band
// replication a frame has twice the samples at twice the rate, so the rate of the core counts.
func frameLasts(t media.Track) time.Duration {
	samples, rate := 1024, int(t.ClockRate)
	var config mpeg4audio.AudioSpecificConfig
	if len(t.Extra) > 0 && config.Unmarshal(t.Extra[0]) == nil && config.SampleRate > 0 {
		rate = config.SampleRate
		if config.FrameLengthFlag {
			samples = 960
		}
	}
	if rate <= 0 {
		return 0
	}
	return time.Duration(samples) * time.Second / time.Duration(rate)
}
