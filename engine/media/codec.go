package media

import (
	"slices"
	"strings"

	"sluice/engine/fault"
)

// Codec names a coding, in the spelling of the graph language.
type Codec string

// Any stands for every codec in a Want. It is not in the table: nothing is coded in it.
const Any Codec = "any"

// The codecs sluice knows by name.
const (
	Opus       Codec = "opus"
	PCMU       Codec = "pcmu"
	PCMA       Codec = "pcma"
	G722       Codec = "g722"
	G729       Codec = "g729"
	Speex      Codec = "speex"
	AAC        Codec = "aac"
	MP3        Codec = "mp3"
	MP2        Codec = "mp2"
	AC3        Codec = "ac3"
	Vorbis     Codec = "vorbis"
	Nellymoser Codec = "nellymoser"
	G726       Codec = "g726"
	H264       Codec = "h264"
	H265       Codec = "h265"
	VP8        Codec = "vp8"
	VP9        Codec = "vp9"
	AV1        Codec = "av1"
	MJPEG      Codec = "mjpeg"
	MPEG1      Codec = "mpeg1video"
	Sorenson   Codec = "sorenson"
	VP6        Codec = "vp6"
	ScreenFlv  Codec = "flashsv"
)

// CodecInfo describes a codec.
type CodecInfo struct {
	Codec     Codec
	Kind      Kind
	Name      string // as people write it
	MediaType string // GStreamer caps media type, with the fields that tell it from its neighbours
	ClockRate int    // RTP clock rate in Hz; 0 where RTP does not fix one
}

// Codecs is the whole table, audio first.
func Codecs() []CodecInfo {
	return []CodecInfo{
		{Opus, Audio, "Opus", "audio/x-opus", 48000},
		{PCMU, Audio, "G.711 µ-law", "audio/x-mulaw", 8000},
		{PCMA, Audio, "G.711 A-law", "audio/x-alaw", 8000},
		{G722, Audio, "G.722", "audio/G722", 8000}, // RFC 3551 4.5.2: 8000 although it samples at 16 kHz
		{G729, Audio, "G.729", "audio/G729", 8000},
		{G726, Audio, "G.726", "audio/x-adpcm,layout=g726", 8000},
		{Speex, Audio, "Speex", "audio/x-speex", 0},
		{AAC, Audio, "AAC", "audio/mpeg,mpegversion=4", 0},
		{MP3, Audio, "MP3", "audio/mpeg,mpegversion=1,layer=3", 90000},
		{MP2, Audio, "MPEG audio layer 2", "audio/mpeg,mpegversion=1,layer=2", 90000},
		{AC3, Audio, "AC-3", "audio/x-ac3", 0},
		{Vorbis, Audio, "Vorbis", "audio/x-vorbis", 0},
		{Nellymoser, Audio, "Nellymoser", "audio/x-nellymoser", 0},
		{H264, Video, "H.264", "video/x-h264", 90000},
		{H265, Video, "H.265", "video/x-h265", 90000},
		{VP8, Video, "VP8", "video/x-vp8", 90000},
		{VP9, Video, "VP9", "video/x-vp9", 90000},
		{AV1, Video, "AV1", "video/x-av1", 90000},
		{MJPEG, Video, "Motion JPEG", "image/jpeg", 90000},
		{MPEG1, Video, "MPEG-1 video", "video/mpeg,mpegversion=1,systemstream=false", 90000},
		{Sorenson, Video, "Sorenson H.263", "video/x-flash-video", 0},
		{VP6, Video, "VP6", "video/x-vp6-flash", 0},
		{ScreenFlv, Video, "Flash screen video", "video/x-flash-screen", 0},
	}
}

// Info finds the codec in the table.
func (c Codec) Info() (CodecInfo, bool) {
	all := Codecs()
	i := slices.IndexFunc(all, func(i CodecInfo) bool { return i.Codec == c })
	if i < 0 {
		return CodecInfo{}, false
	}
	return all[i], true
}

// ParseCodec finds a codec by the name that the graph language gives it; upper case will do. An unknown name is
// fault.InvalidParams, with the names there are as its hint.
func ParseCodec(name string) (Codec, error) {
	c := Codec(strings.ToLower(name))
	if _, ok := c.Info(); ok {
		return c, nil
	}
	all := Codecs()
	names := make([]string, len(all))
	for i, info := range all {
		names[i] = string(info.Codec)
	}
	return "", fault.New(fault.InvalidParams, "", "no codec is called %q", name).Advise("one of %s", strings.Join(names, " "))
}

// Kind of the codec; "" if it is not known.
func (c Codec) Kind() Kind {
	info, _ := c.Info()
	return info.Kind
}
