// Package sdp says what the descriptions of RTSP mean in sluice's words, and back: which track a media line with its format
// is, and how a track is written into a description. The lines themselves are parsed and printed by gortsplib; nothing here
// opens a socket or looks at a packet.
package sdp

import (
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/bluenviron/gortsplib/v5/pkg/format"

	"sluice/engine/fault"
	"sluice/engine/media"
	codec "sluice/engine/media/audio"
)

// Line is a media line of a description, in the format that is used of it.
type Line struct {
	Media  *description.Media
	Format format.Format
	Track  media.Track
}

// Read finds what a description offers: the first line of each kind that has a format we know. Lines that go the other way
// (ONVIF's back channels) and those of other kinds are left out. If nothing is left, it is fault.CodecNotAvailable and names
// what was offered.
func Read(d *description.Session) ([]Line, error) {
	var out []Line
	var offered []string
	for _, m := range d.Medias {
		if m.IsBackChannel {
			continue
		}
		for _, f := range m.Formats {
			offered = append(offered, name(m, f))
			t, ok := track(f)
			if !ok || has(out, t.Kind) {
				continue
			}
			out = append(out, Line{Media: m, Format: f, Track: t})
			break
		}
	}
	if len(out) == 0 {
		return nil, fault.New(fault.CodecNotAvailable, "", "nothing of what is offered is known: %s", strings.Join(offered, ", "))
	}
	return out, nil
}

func has(lines []Line, k media.Kind) bool {
	for _, l := range lines {
		if l.Track.Kind == k {
			return true
		}
	}
	return false
}

// name is what a format is called in a message.
func name(m *description.Media, f format.Format) string {
	const most = 40
	if r := f.RTPMap(); r != "" {
		return r[:min(len(r), most)]
	}
	return string(m.Type) + " format " + strconv.Itoa(int(f.PayloadType()))
}

// track describes what comes in a format; false if we do not know it.
func track(f format.Format) (media.Track, bool) {
	switch f := f.(type) {
	case *format.H264:
		t := pictures(media.H264, f, f.SPS, f.PPS)
		t.Profile = strings.ToLower(t.FMTP["profile-level-id"])
		return t, true
	case *format.H265:
		return pictures(media.H265, f, f.VPS, f.SPS, f.PPS), true
	case *format.VP8:
		return pictures(media.VP8, f), true
	case *format.VP9:
		return pictures(media.VP9, f), true
	case *format.AV1:
		return pictures(media.AV1, f), true
	case *format.MJPEG:
		return pictures(media.MJPEG, f), true
	}
	return heard(f)
}

// heard describes what sounds in a format; false if we do not know it.
func heard(f format.Format) (media.Track, bool) {
	switch f := f.(type) {
	case *format.Opus:
		return sound(media.Opus, f.ClockRate(), f.ChannelCount), f.ChannelCount <= 2
	case *format.MPEG4Audio:
		return aac(f)
	case *format.MPEG4AudioLATM:
		return multiplexed(f)
	case *format.G711:
		codec := media.PCMA
		if f.MULaw {
			codec = media.PCMU
		}
		return sound(codec, f.SampleRate, f.ChannelCount), f.SampleRate > 0
	case *format.G722:
		return sound(media.G722, f.ClockRate(), 1), true
	case *format.MPEG1Audio:
		return sound(media.MP3, f.ClockRate(), 0), true
	case *format.G726:
		t := sound(media.G726, f.ClockRate(), 1)
		if f.BigEndian {
			t.Profile = codec.AAL2
		}
		return t, f.BitRate == 32
	case *format.Speex:
		return sound(media.Speex, f.SampleRate, 1), f.SampleRate > 0
	}
	return generic(f)
}

// generic knows formats that gortsplib (5.6.4) does not, because they come without the payload type of their own: G.722, MP3 and
// Motion JPEG under a dynamic one, as some encoders and cameras write them.
func generic(f format.Format) (media.Track, bool) {
	encoding, rate, _ := strings.Cut(strings.ToLower(f.RTPMap()), "/")
	rate, _, _ = strings.Cut(rate, "/")
	switch {
	case encoding == "g722" && rate == "8000":
		return sound(media.G722, 8000, 1), true
	case encoding == "mpa" && rate == "90000":
		return sound(media.MP3, 90000, 0), true
	case encoding == "jpeg" && rate == "90000":
		return pictures(media.MJPEG, f), true
	}
	return media.Track{}, false
}

func pictures(c media.Codec, f format.Format, sets ...[]byte) media.Track {
	t := media.NewTrack(c)
	t.FMTP = f.FMTP()
	for _, s := range sets {
		if len(s) > 0 {
			t.Extra = append(t.Extra, s)
		}
	}
	return t
}

func sound(c media.Codec, rate, channels int) media.Track {
	t := media.NewTrack(c)
	t.ClockRate, t.Channels = uint32(rate), channels
	return t
}

// aac describes AAC in the one mode that we read (RFC 3640 3.3.6).
func aac(f *format.MPEG4Audio) (media.Track, bool) {
	const size, index = 13, 3
	if f.SizeLength != size || f.IndexLength != index || f.Config.SampleRate <= 0 {
		return media.Track{}, false
	}
	t := sound(media.AAC, f.Config.SampleRate, int(f.Config.ChannelConfig))
	t.FMTP = f.FMTP()
	if config, err := hex.DecodeString(t.FMTP["config"]); err == nil && len(config) > 0 {
		t.Extra = [][]byte{config}
	}
	return t, true
}
