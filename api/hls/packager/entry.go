package packager

import (
	"github.com/bluenviron/gohlslib/v2/pkg/codecparams"
	hlscodecs "github.com/bluenviron/gohlslib/v2/pkg/codecs"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/av1"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h265"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/mp4/codecs"

	"sluice/engine/media"
)

// entry describes a track to players.
type entry struct {
	id            int          // of the track in an MP4
	codec         codecs.Codec // as MP4 has it
	name          string       // as RFC 6381 has it
	rate          int64        // ticks a second
	width, height int
	fps           float64     // 0 if the stream does not say
	channels      int         // of sound
	track         media.Track // with the newest parameter sets
}

// shortestSPS is that of H.265 with all that an MP4 says of it before anything else: two bytes of header, one of IDs, and the
// general part of its profile_tier_level (H.265 7.3.3). Mediacommon (2.9.3) reads so far without looking.
const shortestSPS = 15

// pictureEntry reads the parameter sets of a track of pictures; false if any is missing or cannot be read.
func pictureEntry(t media.Track, sets [][]byte) (entry, bool) {
	for _, s := range sets {
		if len(s) == 0 {
			return entry{}, false
		}
	}
	t.Extra = sets
	e := entry{rate: pictureRate, track: t}
	switch t.Codec {
	case media.H264:
		return e, e.h264(sets)
	case media.H265:
		return e, e.h265(sets)
	default:
		return e, e.av1(sets)
	}
}

func (e *entry) h264(sets [][]byte) bool {
	var s h264.SPS
	if len(sets[0]) < 4 || s.Unmarshal(sets[0]) != nil {
		return false
	}
	e.width, e.height, e.fps = s.Width(), s.Height(), s.FPS()
	e.codec = &codecs.H264{SPS: sets[0], PPS: sets[1]}
	e.name = codecparams.Marshal(&hlscodecs.H264{SPS: sets[0], PPS: sets[1]})
	return e.usable()
}

func (e *entry) h265(sets [][]byte) bool {
	var s h265.SPS
	if len(sets[1]) < shortestSPS || s.Unmarshal(sets[1]) != nil {
		return false
	}
	e.width, e.height, e.fps = s.Width(), s.Height(), s.FPS()
	e.codec = &codecs.H265{VPS: sets[0], SPS: sets[1], PPS: sets[2]}
	e.name = codecparams.Marshal(&hlscodecs.H265{VPS: sets[0], SPS: sets[1], PPS: sets[2]})
	return e.usable()
}

func (e *entry) av1(sets [][]byte) bool {
	var s av1.SequenceHeader
	if s.Unmarshal(sets[0]) != nil || len(s.SeqLevelIdx) == 0 || len(s.SeqTier) == 0 {
		return false
	}
	e.width, e.height = s.Width(), s.Height()
	e.codec = &codecs.AV1{SequenceHeader: sets[0]}
	e.name = codecparams.Marshal(&hlscodecs.AV1{SequenceHeader: sets[0]})
	return e.usable()
}

// usable tells whether the size of pictures is one that an MP4 can say.
func (e *entry) usable() bool {
	const most = 1<<16 - 1
	if e.fps < 1 || e.fps > 1000 {
		e.fps = 0
	}
	return e.width > 0 && e.width <= most && e.height > 0 && e.height <= most && e.name != ""
}
