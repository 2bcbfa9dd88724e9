package sdp

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/bluenviron/gortsplib/v5/pkg/format"

	"sluice/engine/fault"
	"sluice/engine/media"
	codec "sluice/engine/media/audio"
)

// dynamic is the first payload type that has no meaning of its own (RFC 3551 3).
const dynamic = 96

// Write describes tracks to a player: a line for each, in their order. A track of a codec that RTP has no name for is
// fault.CodecNotAvailable.
func Write(tracks []media.Track) (*description.Session, error) {
	d := &description.Session{}
	for i, t := range tracks {
		f := &format.Generic{PayloadTyp: uint8(dynamic + i), FMT: parameters(t)}
		var ok bool
		if f.RTPMa, ok = rtpmap(t); !ok {
			return nil, fault.New(fault.CodecNotAvailable, "", "RTSP has no way to carry %s", t)
		}
		if n, fixed := fixed(t); fixed {
			f.PayloadTyp = n
		}
		if err := f.Init(); err != nil {
			return nil, fault.New(fault.CodecNotAvailable, "", "%s cannot be described", t).Because(err)
		}
		kind := description.MediaTypeVideo
		if t.Kind == media.Audio {
			kind = description.MediaTypeAudio
		}
		d.Medias = append(d.Medias, &description.Media{Type: kind, Formats: []format.Format{f}})
	}
	return d, nil
}

// Offered are those that Read finds.
func Offered(k media.Kind) []media.Codec {
	if k == media.Audio {
		return append(Codecs(k), media.Speex)
	}
	return Codecs(k)
}

// Codecs are those that Write can describe and the hub makes packets of, best first: the kind's most common one leads.
func Codecs(k media.Kind) []media.Codec {
	if k == media.Audio {
		return []media.Codec{media.AAC, media.Opus, media.PCMA, media.PCMU, media.G722, media.G726, media.MP3, media.MP2}
	}
	return []media.Codec{media.H264, media.H265, media.VP8, media.VP9, media.AV1, media.MJPEG}
}

// Same tells whether a player that was told of one track can be sent the other.
func Same(told, now media.Track) bool {
	a, okA := rtpmap(told)
	b, okB := rtpmap(now)
	if !okA || !okB || a != b {
		return false
	}
	// AAC is the one codec whose decoder is set up by the description alone.
	return told.Codec != media.AAC || hex.EncodeToString(first(told)) == hex.EncodeToString(first(now))
}

func first(t media.Track) []byte {
	if len(t.Extra) == 0 {
		return nil
	}
	return t.Extra[0]
}

// rtpmap is how a codec is called, with its clock.
func rtpmap(t media.Track) (string, bool) {
	rate := strconv.Itoa(int(t.ClockRate))
	switch t.Codec {
	case media.H264, media.H265, media.VP8, media.VP9, media.AV1:
		return strings.ToUpper(string(t.Codec)) + "/90000", true
	case media.Opus:
		return "opus/48000/2", true // RFC 7587 7
	case media.AAC:
		return "mpeg4-generic/" + rate + "/" + strconv.Itoa(max(t.Channels, 1)), t.ClockRate > 0
	case media.PCMU, media.PCMA:
		return strings.ToUpper(string(t.Codec)) + "/" + rate + channels(t), true
	case media.G722:
		return "G722/8000", true
	case media.G726:
		if t.Profile == codec.AAL2 {
			return "AAL2-G726-32/8000", true
		}
		return "G726-32/8000", true
	case media.MJPEG:
		return "JPEG/90000", true
	case media.MP3, media.MP2:
		return "MPA/90000", true
	}
	return "", false
}

func channels(t media.Track) string {
	if t.Channels <= 1 {
		return ""
	}
	return "/" + strconv.Itoa(t.Channels)
}

// fixed is the payload type of a codec that has one (RFC 3551 6).
func fixed(t media.Track) (uint8, bool) {
	plain := t.ClockRate == 8000 && t.Channels <= 1
	switch {
	case t.Codec == media.PCMU && plain:
		return 0, true
	case t.Codec == media.PCMA && plain:
		return 8, true
	case t.Codec == media.G722:
		return 9, true
	case t.Codec == media.MJPEG:
		return 26, true
	case t.Codec == media.MP3, t.Codec == media.MP2:
		return 14, true
	}
	return 0, false
}

// parameters are those that a decoder needs, or players look for.
func parameters(t media.Track) map[string]string {
	switch t.Codec {
	case media.H264:
		out := map[string]string{"packetization-mode": "1"}
		put(out, "profile-level-id", profile(t))
		put(out, "sprop-parameter-sets", strings.Join(sets(t), ","))
		return out
	case media.H265:
		out := map[string]string{}
		if s := sets(t); len(s) == 3 { // VPS, SPS, PPS (RFC 7798 7.1)
			out["sprop-vps"], out["sprop-sps"], out["sprop-pps"] = s[0], s[1], s[2]
		}
		return out
	case media.VP9:
		out := map[string]string{}
		put(out, "profile-id", t.FMTP["profile-id"])
		return out
	case media.AAC:
		return map[string]string{
			"streamtype": "5", "mode": "AAC-hbr", "profile-level-id": "1", "config": hex.EncodeToString(first(t)),
			"sizelength": "13", "indexlength": "3", "indexdeltalength": "3",
		}
	case media.Opus:
		if t.Channels == 2 {
			return map[string]string{"sprop-stereo": "1"}
		}
	}
	return nil
}

func put(to map[string]string, name, value string) {
	if value != "" {
		to[name] = value
	}
}

// profile is the profile-level-id of H.264: what was said, or what its parameter set says (RFC 6184 8.1).
func profile(t media.Track) string {
	const length = 6
	for _, s := range t.Extra {
		if len(s) >= 4 && s[0]&0x1f == 7 {
			return hex.EncodeToString(s[1:4])
		}
	}
	for _, p := range []string{t.FMTP["profile-level-id"], t.Profile} {
		if _, err := hex.DecodeString(p); err == nil && len(p) == length {
			return p
		}
	}
	return ""
}

func sets(t media.Track) []string {
	var out []string
	for _, s := range t.Extra {
		out = append(out, base64.StdEncoding.EncodeToString(s))
	}
	return out
}
