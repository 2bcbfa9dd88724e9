package mpegts

import (
	"slices"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"

	"sluice/engine/fault"
	"sluice/engine/media"
)

const (
	adtsHeader = 7
	maxADTS    = 1<<13 - 1 // of a frame with its header, in bytes
)

// adts puts a header before each frame of AAC (ISO/IEC 14496-3 1.A.3.2). Mediacommon's (2.9.3) allocates for every frame and
// would write a length that does not fit.
type adts struct {
	profile, rate, channels byte
}

func newADTS(t media.Track) (form, error) {
	if len(t.Extra) == 0 {
		return nil, fault.New(fault.MediaCorrupt, t.ID, "AAC without an AudioSpecificConfig")
	}
	var c mpeg4audio.AudioSpecificConfig
	if err := c.Unmarshal(t.Extra[0]); err != nil {
		return nil, fault.New(fault.MediaCorrupt, t.ID, "an AudioSpecificConfig that cannot be read").Because(err)
	}
	rate := slices.Index(adtsRates(), c.SampleRate)
	if c.Type < 1 || c.Type > 4 || rate < 0 || c.ChannelConfig > 7 {
		return nil, fault.New(fault.CodecNotAvailable, t.ID,
			"AAC of object type %d, %d Hz and channel configuration %d cannot be said in ADTS", c.Type, c.SampleRate, c.ChannelConfig)
	}
	return &adts{profile: byte(c.Type - 1), rate: byte(rate), channels: c.ChannelConfig}, nil
}

// adtsRates are the sampling rates in the order of their index (1.6.3.4).
func adtsRates() []int {
	return []int{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}
}

func (a *adts) appendTo(dst []byte, u *media.Unit) ([]byte, error) {
	for _, frame := range u.AU {
		n := len(frame) + adtsHeader
		if n > maxADTS {
			return dst, fault.New(fault.MediaCorrupt, "", "a frame of AAC of %d bytes, %d at most", len(frame), maxADTS-adtsHeader)
		}
		dst = append(dst, 0xff, 0xf1, a.profile<<6|a.rate<<2|a.channels>>2,
			a.channels<<6|byte(n>>11), byte(n>>3), byte(n<<5)|0x1f, 0xfc) // buffer fullness 0x7ff: variable rate
		dst = append(dst, frame...)
	}
	return dst, nil
}
