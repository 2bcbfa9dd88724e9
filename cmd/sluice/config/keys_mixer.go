package config

import (
	"errors"
	"time"

	doormixer "sluice/api/mixer"
	"sluice/engine/fault"
	"sluice/engine/value"
)

// MixerConfig is the section "mixer".
type MixerConfig struct {
	AutoStart, MCUAudio, MCUVideo bool
	DisplayStreamName             bool
	IdleTimeout                   time.Duration
	Most                          int
	VideoWidth, VideoHeight       int
	VideoFPS                      int
	VideoBitrate                  value.Bits
	Layout                        string
}

func mixer() []Key {
	const (
		second          = time.Second
		few             = 100
		most            = 10_000
		width, height   = 1280, 720
		fps, mostFPS    = 30, 60
		leastSide       = 64
		widest, tallest = 1920, 1080
	)
	yes := func(name string, field func(*Config) *bool, about string) Key {
		return scalar(name, value.Constraint{Type: value.Bool}, true, field, about)
	}
	return []Key{
		yes("mixer.auto_start", func(c *Config) *bool { return &c.Mixer.AutoStart },
			"Who publishes `GUEST#ROOM` joins the mixer `ROOM`, which begins with the first guest and publishes `ROOM`."),
		span("mixer.idle_timeout", 10*second, second, 24*time.Hour, func(c *Config) *time.Duration { return &c.Mixer.IdleTimeout },
			"How long a mixer that began by itself goes on without a guest."),
		yes("mixer.mcu_audio", func(c *Config) *bool { return &c.Mixer.MCUAudio },
			"Each guest of a mixer that began by itself has a stream of its own, `ROOM-GUESTROOM`, with the sound of all the others."),
		yes("mixer.mcu_video", func(c *Config) *bool { return &c.Mixer.MCUVideo }, "That stream has the picture of all, too."),
		toggle("mixer.display_stream_name", func(c *Config) *bool { return &c.Mixer.DisplayStreamName },
			"Each picture has the name of its stream written into it. This takes GStreamer's `textoverlay`."),
		text("mixer.layout", "grid", func(c *Config) *string { return &c.Mixer.Layout },
			"How pictures lie where nobody says otherwise: `grid`, `speaker`, `pip`, `presentation`, or a description (docs/mixer.md).").
			checked(layout),
		whole("mixer.video_width", width, leastSide, widest, func(c *Config) *int { return &c.Mixer.VideoWidth },
			"Width of the picture of a mixer of which nobody says otherwise, in pixels."),
		whole("mixer.video_height", height, leastSide, tallest, func(c *Config) *int { return &c.Mixer.VideoHeight }, "Its height."),
		whole("mixer.video_fps", fps, 1, mostFPS, func(c *Config) *int { return &c.Mixer.VideoFPS }, "Its frames a second."),
		scalar("mixer.video_bitrate", value.Constraint{Type: value.Bitrate, Min: value.Bits(50_000), Max: value.Bits(20_000_000)},
			value.Bits(2_000_000), func(c *Config) *value.Bits { return &c.Mixer.VideoBitrate }, "Its bits a second."),
		whole("mixer.most", few, 1, most, func(c *Config) *int { return &c.Mixer.Most }, "Mixers at a time, of all kinds."),
	}
}

// layout takes what mixers have as a layout.
func layout(text string) error {
	err := doormixer.CheckLayout(text)
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		return fault.New(fault.InvalidParams, "", "%s", f.Msg).Advise("%s", f.Hint)
	}
	return err
}
