package mp4

import (
	"slices"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/av1"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h265"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/vp9"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/fmp4"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/fmp4/seekablebuffer"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/mp4/codecs"

	"sluice/api/records/mux"
	"sluice/engine/fault"
	"sluice/engine/media"
	obu "sluice/engine/media/av1"
)

// Codecs are those that are written, best first of each kind.
func Codecs() []media.Codec {
	return []media.Codec{media.H264, media.H265, media.AV1, media.VP9, media.AAC, media.Opus}
}

const pictureRate = 90000 // ticks a second of the pictures' times

// head writes what fragments begin with: an ftyp and a moov without samples.
func head(tracks []mux.Track, rates []int) (ftyp, moov []byte, err error) {
	var init fmp4.Init
	for i, t := range tracks {
		c, err := describe(t)
		if err != nil {
			return nil, nil, err
		}
		init.Tracks = append(init.Tracks, &fmp4.InitTrack{ID: i + 1, TimeScale: uint32(rates[i]), Codec: c})
	}
	var b seekablebuffer.Buffer
	if err := init.Marshal(&b); err != nil {
		return nil, nil, fault.New(fault.MediaCorrupt, "", "an MP4 of these tracks cannot be begun").Because(err)
	}
	first, rest, ok := next(b.Bytes())
	if !ok || first.kind != "ftyp" {
		return nil, nil, fault.New(fault.Internal, "", "an MP4 does not begin with an ftyp")
	}
	return first.whole, rest, nil
}

// describe says of a track what decoders must know, as MP4 has it.
func describe(t mux.Track) (codecs.Codec, error) {
	switch t.Codec {
	case media.H264, media.H265, media.AV1, media.VP9:
		return pictures(t)
	case media.AAC:
		c, err := mux.AACConfig(t.Track)
		return &codecs.MPEG4Audio{Config: c}, err
	case media.Opus:
		return &codecs.Opus{ChannelCount: min(max(t.Channels, 1), 2)}, nil
	}
	return nil, fault.New(fault.CodecNotAvailable, t.ID, "%q does not go into an MP4", t.Codec)
}

// shortestSPS is that of H.265 with all that an MP4 says of it before anything else: mediacommon (2.9.3) reads so far without looking
// (H.265 7.3.3). shortest is the same of H.264: profile, constraints and level.
const (
	shortestSPS = 15
	shortest    = 4
)

func pictures(t mux.Track) (codecs.Codec, error) {
	var c codecs.Codec
	ok := !slices.ContainsFunc(t.Extra, func(set []byte) bool { return len(set) == 0 })
	if ok {
		switch t.Codec {
		case media.H264:
			c, ok = ofH264(t.Extra)
		case media.H265:
			c, ok = ofH265(t.Extra)
		case media.AV1:
			c, ok = ofAV1(t)
		default:
			c, ok = ofVP9(t)
		}
	}
	if !ok {
		return nil, fault.New(fault.MediaCorrupt, t.ID, "a key picture of %q without parameters that can be read", t.Codec)
	}
	return c, nil
}

func ofH264(sets [][]byte) (codecs.Codec, bool) {
	var s h264.SPS
	if len(sets) != 2 || len(sets[0]) < shortest || s.Unmarshal(sets[0]) != nil {
		return nil, false
	}
	return &codecs.H264{SPS: sets[0], PPS: sets[1]}, true
}

func ofH265(sets [][]byte) (codecs.Codec, bool) {
	var s h265.SPS
	if len(sets) != 3 || len(sets[1]) < shortestSPS || s.Unmarshal(sets[1]) != nil {
		return nil, false
	}
	return &codecs.H265{VPS: sets[0], SPS: sets[1], PPS: sets[2]}, true
}

func ofVP9(t mux.Track) (codecs.Codec, bool) {
	var h vp9.Header
	if len(t.First.AU) == 0 || h.Unmarshal(t.First.AU[0]) != nil || h.ColorConfig == nil || h.FrameSize == nil {
		return nil, false
	}
	return &codecs.VP9{
		Width: t.Width, Height: t.Height, Profile: h.Profile, BitDepth: h.ColorConfig.BitDepth,
		ChromaSubsampling: h.ChromaSubsampling(), ColorRange: h.ColorConfig.ColorRange,
	}, true
}

func ofAV1(t mux.Track) (codecs.Codec, bool) {
	body := obu.Sequence(t.First.AU)
	const header = 1 << 3 // OBU_SEQUENCE_HEADER without a size, as mediacommon wants it
	full := append([]byte{header}, body...)
	var s av1.SequenceHeader
	if len(body) == 0 || s.Unmarshal(full) != nil || len(s.SeqLevelIdx) == 0 || len(s.SeqTier) == 0 {
		return nil, false
	}
	return &codecs.AV1{SequenceHeader: full}, true
}
