package stream

import (
	"sluice/engine/element"
	"sluice/engine/value"
)

// Triggers lists the events that the hub raises.
func Triggers() []element.Trigger {
	return []element.Trigger{
		{
			Event: "stream.wanted",
			About: "A player asks for a name that nobody publishes; one instance serves everybody who asks meanwhile.",
			Path:  true,
			Vars: append([]element.Var{
				{Name: "scheme", Type: value.String, About: "Scheme of a name that is an address, such as rtsp; empty for other names."},
				{Name: "lately", Type: value.Bool, About: "Somebody published the name within the last hour or two."},
				{Name: "url", Type: value.URI, About: "The whole address, of a name that is one."},
			}, Want()...),
		},
		{
			Event: "stream.convert",
			About: "A player asks for a published track in another codec, size or rate; one instance for each such track, shared.",
			Path:  true,
			Vars: append([]element.Var{
				{Name: "kind", Type: value.Enum, About: "Kind of the track: audio or video."},
			}, Want()...),
		},
	}
}

// Want lists the variables that say what a player would like. Those that it leaves open are not set.
func Want() []element.Var {
	return []element.Var{
		{Name: "want.codec", Type: value.Codec, About: "Codec."},
		{Name: "want.width", Type: value.Int, About: "Picture width in pixels."},
		{Name: "want.height", Type: value.Int, About: "Picture height in pixels."},
		{Name: "want.fps", Type: value.Fraction, About: "Frames a second."},
		{Name: "want.bitrate", Type: value.Bitrate, About: "Bits a second."},
		{Name: "want.quality", Type: value.Int, About: "Picture quality, 1 to 100."},
		{Name: "want.rate", Type: value.Int, About: "Samples a second, in Hz."},
		{Name: "want.channels", Type: value.Int, About: "Channels of the sound."},
	}
}
