package mixer

import (
	"context"

	mixers "sluice/api/mixer"
	"sluice/api/rest/wcs/call"
)

// Info is a mixer as WCS tells of it. What it takes from elsewhere is among its MediaSessions, so both remote names are null.
type Info struct {
	LocalMediaSessionID  string   `json:"localMediaSessionId"`
	RemoteMediaSessionID *string  `json:"remoteMediaSessionId"`
	LocalStreamName      string   `json:"localStreamName"`
	RemoteStreamName     *string  `json:"remoteStreamName"`
	URI                  string   `json:"uri"`
	Status               string   `json:"status"`
	HasAudio             bool     `json:"hasAudio"`
	HasVideo             bool     `json:"hasVideo"`
	Record               bool     `json:"record"`
	MediaSessions        []Stream `json:"mediaSessions"`

	Width       int    `json:"mixerVideoWidth,omitempty"`
	Height      int    `json:"mixerVideoHeight,omitempty"`
	FPS         int    `json:"mixerVideoFps,omitempty"`
	Bitrate     int    `json:"mixerVideoBitrateKbps,omitempty"`
	Layout      string `json:"mixerLayoutClass,omitempty"`
	DisplayName bool   `json:"mixerDisplayStreamName"`
	MCUAudio    bool   `json:"mixerMcuAudio"`
	MCUVideo    bool   `json:"mixerMcuVideo"`
}

// Stream is a stream in a mixer.
type Stream struct {
	LocalMediaSessionID string `json:"localMediaSessionId"`
	AudioLevel          int    `json:"audioLevel"` // 0 to 100
	VideoMuted          bool   `json:"videoMuted"`
	LocalStreamName     string `json:"localStreamName"`
}

// findAll tells of all mixers.
func (a api) findAll(_ context.Context, r *call.Request) (any, error) {
	var list []Info
	for _, m := range a.mixers.List() {
		list = append(list, told(m))
	}
	return call.Found(r, "mixer", list)
}

// told tells of one.
func told(m *mixers.Mixer) Info {
	const kilo = 1000
	s := m.Settings
	i := Info{
		LocalMediaSessionID: m.Session, LocalStreamName: m.Output, URI: scheme + m.Name, Status: "PROCESSED_LOCAL",
		HasAudio: s.Audio, HasVideo: s.Video, MediaSessions: streamsOf(m.Guests()), MCUAudio: s.MCUAudio, MCUVideo: s.MCUAudio && s.MCUVideo,
	}
	if s.Video {
		i.Width, i.Height, i.FPS, i.Bitrate, i.Layout, i.DisplayName = s.Width, s.Height, s.FPS, s.Bitrate/kilo, m.Layout(), s.Labels
	}
	return i
}

// streamsOf are the streams in a mixer.
func streamsOf(list []mixers.Guest) []Stream {
	out := make([]Stream, 0, len(list)) // [] in JSON where there are none
	for _, g := range list {
		out = append(out, Stream{
			LocalMediaSessionID: g.Session, LocalStreamName: g.Stream, AudioLevel: g.Level, VideoMuted: g.VideoMuted || !g.Video,
		})
	}
	return out
}
