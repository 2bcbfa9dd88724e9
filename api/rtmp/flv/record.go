package flv

import (
	"encoding/binary"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h265"
)

// record is what AVC's and HEVC's decoder configuration records tell.
type record struct {
	size int      // of what stands before each NAL unit, in bytes
	sets [][]byte // parameter sets
}

// parseAVC reads an AVCDecoderConfigurationRecord (ISO 14496-15, 5.3.3.1).
func parseAVC(b []byte) (record, error) {
	c := cursor{b: b}
	head := c.take(5)
	r := record{size: int(head[4]&3) + 1}
	for _, mask := range []byte{0x1f, 0xff} { // SPS, PPS
		for range int(c.u8() & mask) {
			set := c.take(min(c.u16(), len(b)))
			if c.short {
				break
			}
			if len(set) > 0 {
				r.sets = append(r.sets, set)
			}
		}
	}
	if c.short || head[0] != 1 {
		return r, bad("the configuration of H.264 cannot be read")
	}
	return r, nil
}

// makeAVC writes one; nil if there is no SPS.
func makeAVC(sets [][]byte) []byte {
	var sps, pps [][]byte
	for _, s := range sets {
		switch {
		case len(s) < 4:
		case s[0]&0x1f == 7:
			sps = append(sps, s)
		case s[0]&0x1f == 8:
			pps = append(pps, s)
		}
	}
	if len(sps) == 0 {
		return nil
	}
	const most = 31
	sps, pps = sps[:min(len(sps), most)], pps[:min(len(pps), most)]
	b := []byte{1, sps[0][1], sps[0][2], sps[0][3], 0xff}
	b = append(b, 0xe0|byte(len(sps)))
	b = appendSets(b, sps)
	b = append(b, byte(len(pps)))
	return appendSets(b, pps)
}

func appendSets(b []byte, sets [][]byte) []byte {
	for _, s := range sets {
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(s))), s...)
	}
	return b
}

// parseHEVC reads an HEVCDecoderConfigurationRecord (ISO 14496-15, 8.3.3.1).
func parseHEVC(b []byte) (record, error) {
	c := cursor{b: b}
	head := c.take(22)
	r := record{size: int(head[21]&3) + 1}
	for range int(c.u8()) {
		c.u8() // their type, which is in them too
		for range c.u16() {
			set := c.take(min(c.u16(), len(b)))
			if c.short {
				break
			}
			if len(set) > 2 {
				r.sets = append(r.sets, set)
			}
		}
		if c.short {
			break
		}
	}
	if c.short {
		return r, bad("the configuration of H.265 cannot be read")
	}
	return r, nil
}

// makeHEVC writes one; nil if the SPS is missing or cannot be read.
func makeHEVC(sets [][]byte) []byte {
	const vps, sps, pps = 32, 33, 34
	byType := map[byte][][]byte{}
	for _, s := range sets {
		if len(s) > 2 {
			byType[s[0]>>1&0x3f] = append(byType[s[0]>>1&0x3f], s)
		}
	}
	var p h265.SPS
	if len(byType[sps]) == 0 || p.Unmarshal(byType[sps][0]) != nil {
		return nil
	}
	nested := byte(0)
	if p.TemporalIDNestingFlag {
		nested = 1 << 2
	}
	b := []byte{1}
	b = append(b, profile(byType[sps][0])...)
	b = append(b, 0xf0, 0, 0xfc, 0xfc|byte(p.ChromaFormatIdc), 0xf8|byte(p.BitDepthLumaMinus8), 0xf8|byte(p.BitDepthChromaMinus8), 0, 0,
		(p.MaxSubLayersMinus1+1)<<3|nested|3)
	b = append(b, 3)
	for _, kind := range []byte{vps, sps, pps} {
		b = append(b, 0x80|kind)
		b = binary.BigEndian.AppendUint16(b, uint16(len(byType[kind])))
		b = appendSets(b, byType[kind])
	}
	return b
}

// profile gives the 12 bytes of profile, tier and level of an SPS (H.265 7.3.3), as they stand in a record.
func profile(sps []byte) []byte {
	out := make([]byte, 0, 12)
	zeros := 0
	for _, b := range sps[3:] {
		if zeros >= 2 && b == 3 { // emulation prevention (7.4.1)
			zeros = 0
			continue
		}
		if zeros++; b != 0 {
			zeros = 0
		}
		if out = append(out, b); len(out) == cap(out) {
			return out
		}
	}
	return append(out, make([]byte, cap(out)-len(out))...)
}
