package mpegts

import (
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h265"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/paramset"
)

// form makes the bytes of an elementary stream from the parts of a unit.
type form interface {
	// appendTo writes a unit behind dst.
	appendTo(dst []byte, u *media.Unit) ([]byte, error)
}

// plain has what comes in frames that tell their own length: MPEG audio, AC-3, MPEG-1 video.
type plain struct{}

func (plain) appendTo(dst []byte, u *media.Unit) ([]byte, error) {
	for _, part := range u.AU {
		dst = append(dst, part...)
	}
	return dst, nil
}

// annexB is H.264 and H.265 with start codes: an access unit delimiter first, as ISO/IEC 13818-1 2.14.1 has it and players of
// Apple's need it, and parameter sets before each key picture.
type annexB struct {
	sets      *paramset.Set
	delimiter []byte // one that allows all slices
	drop      func(nal []byte) bool
}

func newH264(t media.Track) form {
	return &annexB{
		sets:      paramset.New(2, h264Set, t.Extra),
		delimiter: []byte{byte(h264.NALUTypeAccessUnitDelimiter), 0xf0},
		drop:      func(nal []byte) bool { return h264.NALUType(nal[0]&0x1f) == h264.NALUTypeAccessUnitDelimiter },
	}
}

func h264Set(nal []byte) int {
	if len(nal) > 0 {
		switch h264.NALUType(nal[0] & 0x1f) {
		case h264.NALUTypeSPS:
			return 0
		case h264.NALUTypePPS:
			return 1
		}
	}
	return -1
}

func newH265(t media.Track) form {
	return &annexB{
		sets:      paramset.New(3, h265Set, t.Extra),
		delimiter: []byte{byte(h265.NALUType_AUD_NUT) << 1, 1, 0x50},
		drop:      func(nal []byte) bool { return h265.NALUType(nal[0]>>1&0x3f) == h265.NALUType_AUD_NUT },
	}
}

func h265Set(nal []byte) int {
	if len(nal) > 0 {
		switch h265.NALUType(nal[0] >> 1 & 0x3f) {
		case h265.NALUType_VPS_NUT:
			return 0
		case h265.NALUType_SPS_NUT:
			return 1
		case h265.NALUType_PPS_NUT:
			return 2
		}
	}
	return -1
}

func (a *annexB) appendTo(dst []byte, u *media.Unit) ([]byte, error) {
	dst = appendNAL(dst, a.delimiter)
	for _, nal := range a.sets.Complete(u.AU, u.Key) {
		if len(nal) > 0 && !a.drop(nal) {
			dst = appendNAL(dst, nal)
		}
	}
	return dst, nil
}

func appendNAL(dst, nal []byte) []byte { return append(append(dst, 0, 0, 0, 1), nal...) }

// opus puts a control header before each packet (ETSI TS Opus 0.1.3 4.4), with no trim: the ends of what is live are not cut.
type opus struct{}

func (opus) appendTo(dst []byte, u *media.Unit) ([]byte, error) {
	for _, packet := range u.AU {
		dst = append(dst, 0x7f, 0xe0)
		n := len(packet)
		for ; n >= 0xff; n -= 0xff {
			dst = append(dst, 0xff)
		}
		dst = append(append(dst, byte(n)), packet...)
	}
	return dst, nil
}

func newForm(t media.Track) (form, error) {
	switch t.Codec {
	case media.H264:
		return newH264(t), nil
	case media.H265:
		return newH265(t), nil
	case media.AAC:
		return newADTS(t)
	case media.Opus:
		return opus{}, nil
	case media.MP3, media.MP2, media.AC3, media.MPEG1:
		return plain{}, nil
	}
	return nil, fault.New(fault.CodecNotAvailable, t.ID, "%q does not go into a transport stream", t.Codec)
}
