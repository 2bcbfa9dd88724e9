package flv

import (
	"encoding/binary"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/av1"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"

	"sluice/engine/media"
	ours "sluice/engine/media/av1"
)

// configAAC is the AudioSpecificConfig of a track; nil if it is not known.
func configAAC(t *media.Track) []byte {
	if len(t.Extra) > 0 && len(t.Extra[0]) > 0 {
		return t.Extra[0]
	}
	c := mpeg4audio.AudioSpecificConfig{
		Type: mpeg4audio.ObjectTypeAACLC, SampleRate: int(t.ClockRate), ChannelConfig: uint8(max(t.Channels, 1)),
	}
	b, err := c.Marshal()
	if err != nil {
		return nil
	}
	return b
}

// opusHead is the identification header (RFC 7845 5.1).
func opusHead(t *media.Track) []byte {
	const rate = 48000
	b := append([]byte("OpusHead"), 1, byte(max(t.Channels, 1)), 0, 0)
	b = binary.LittleEndian.AppendUint32(b, rate)
	return append(b, 0, 0, 0)
}

// vpConfig is a VPCodecConfigurationRecord of which nothing is known but 4:2:0 and 8 bits, which is what there is (VP Codec ISO
// Media File Format Binding 1.0).
func vpConfig() []byte {
	const undefined = 2 // colours
	return []byte{1, 0, 0, 0, 0, 10, 8<<4 | 1<<1, undefined, undefined, undefined, 0, 0}
}

// configAV1 is the body with the configuration record (AV1 in ISO-BMFF 2.3) of a temporal unit that begins with a sequence
// header; nil if it does not.
func configAV1(au [][]byte) []byte {
	header := ours.Sequence(au)
	var s av1.SequenceHeader
	const obu = 0x08 // the OBU header of a sequence header without extension and size
	if len(header) == 0 || s.Unmarshal(append([]byte{obu}, header...)) != nil || len(s.SeqLevelIdx) == 0 {
		return nil
	}
	bit := func(set bool, at uint) byte {
		if set {
			return 1 << at
		}
		return 0
	}
	c := s.ColorConfig
	b := exHead(media.AV1, true, exStart)
	tier := len(s.SeqTier) > 0 && s.SeqTier[0]
	b = append(b, 0x81, s.SeqProfile<<5|s.SeqLevelIdx[0],
		bit(tier, 7)|bit(c.HighBitDepth, 6)|bit(c.TwelveBit, 5)|bit(c.MonoChrome, 4)|bit(c.SubsamplingX, 3)|bit(c.SubsamplingY, 2)|
			byte(c.ChromaSamplePosition)&3, 0)
	b = append(b, obu|2)
	size := make([]byte, 8)
	b = append(b, size[:av1.LEB128(len(header)).MarshalTo(size)]...)
	return append(b, header...)
}
