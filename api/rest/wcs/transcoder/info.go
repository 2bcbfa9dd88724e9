package transcoder

import (
	"sluice/api/rest/wcs/call"
	"sluice/engine/media"
)

// Info is a transcoder as WCS shows it.
type Info struct {
	Session  string  `json:"localMediaSessionId"`
	Output   string  `json:"localStreamName"`
	Input    string  `json:"remoteStreamName"`
	URI      string  `json:"uri"`
	Status   string  `json:"status"` // PROCESSED_LOCAL, or PENDING while nothing comes
	HasAudio bool    `json:"hasAudio"`
	HasVideo bool    `json:"hasVideo"`
	Record   bool    `json:"record"`
	Created  int64   `json:"createDate"` // milliseconds since 1970
	Encoder  Encoder `json:"encoder"`
	Audio    *Sound  `json:"audio,omitempty"`
}

// Encoder is what was asked of the pictures.
type Encoder struct {
	Codec     []media.Codec `json:"codec,omitempty"`
	Width     int           `json:"width,omitempty"`
	Height    int           `json:"height,omitempty"`
	Group     int           `json:"keyFrameInterval,omitempty"`
	FPS       float64       `json:"fps,omitempty"`
	Kilobit   int           `json:"bitrate,omitempty"`
	Quality   int           `json:"quality,omitempty"`
	Type      string        `json:"type,omitempty"`
	Watermark string        `json:"watermark,omitempty"`
}

// Sound is what was asked of the sound.
type Sound struct {
	Codec    []media.Codec `json:"codec,omitempty"`
	Rate     int           `json:"rate,omitempty"`
	Channels int           `json:"channels,omitempty"`
	Kilobit  int           `json:"bitrate,omitempty"`
}

// info describes the transcoder.
func (t *transcoder) info() Info {
	status := t.state()
	t.mu.Lock()
	task := t.task
	t.mu.Unlock()
	v, a := task.Video, task.Audio
	i := Info{
		Session: t.session, Output: task.Output, Input: task.Input, URI: task.URI, Status: status, Created: t.since.UnixMilli(),
		Encoder: Encoder{
			Codec: v.Codecs, Width: v.Width, Height: v.Height, Group: v.Group, FPS: v.FPS, Kilobit: v.Kilobit, Quality: v.Quality,
			Watermark: v.Mark.Name,
		},
	}
	if v.Encoder != "" {
		i.Encoder.Type = "OPENH264"
	}
	if s := (Sound{a.Codecs, a.Rate, a.Channels, a.Kilobit}); len(s.Codec) > 0 || s.Rate+s.Channels+s.Kilobit > 0 {
		i.Audio = &s
	}
	if output, ok := t.all.opt.Engine.Streams().Stream(task.Output); ok {
		_, i.HasAudio = track(output, media.Audio)
		_, i.HasVideo = track(output, media.Video)
	}
	return i
}

// fits tells whether a transcoder is one that a request looks for: all members that it names are the same.
func (i Info) fits(r *call.Request) bool {
	for name, has := range map[string]string{
		"uri": i.URI, "remoteStreamName": i.Input, "localStreamName": i.Output, "localMediaSessionId": i.Session, "status": i.Status,
	} {
		if text := r.Text(name); text != "" && text != has {
			return false
		}
	}
	for name, has := range map[string]bool{"hasAudio": i.HasAudio, "hasVideo": i.HasVideo, "record": i.Record} {
		if is, given := r.Flag(name); given && is != has {
			return false
		}
	}
	return true
}
