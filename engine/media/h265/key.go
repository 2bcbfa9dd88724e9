// Package h265 is the RTP payload format of H.265 (RFC 7798): it tells where decoding can begin, cuts access units into
// payloads and gathers them again. It decodes nothing.
package h265

import "encoding/binary"

// Types of NAL units and of the packets that carry several or a part of one (RFC 7798 4.4).
const (
	firstIRAP       = 16 // BLA, IDR and CRA pictures, and two reserved
	lastIRAP        = 23
	lastSlice       = 31
	typeVPS         = 32
	typeSPS         = 33
	typePPS         = 34
	typeAUD         = 35
	typeFiller      = 38
	typeSEI         = 39 // prefix
	typeAggregation = 48
	typeFragment    = 49

	headerSize = 2
	startMask  = 0x80
	endMask    = 0x40
	fragMask   = 0x3f
	firstSlice = 0x80 // first_slice_segment_in_pic_flag, behind the header (H.265 7.3.6.1)
)

// KeyPacket tells whether a packet's payload holds a NAL unit at which decoding can begin, or the beginning of one: a
// slice of an IRAP picture (H.265 3.76). Streams with decoding order numbers in their packets (sprop-max-don-diff > 0)
// are not understood; nobody sends them in real time.
func KeyPacket(payload []byte) bool {
	key, _ := Inspect(payload)
	return key
}

// Inspect is KeyPacket that also gives the sequence parameter set in a packet's payload; nil if there is none. It comes
// before the slices, often in a packet of its own.
func Inspect(payload []byte) (key bool, sps []byte) {
	if len(payload) < headerSize {
		return false, nil
	}
	switch t := typeOf(payload); t {
	case typeAggregation:
		return inside(payload[headerSize:])
	case typeFragment:
		return len(payload) > headerSize && payload[headerSize]&startMask != 0 && isKey(payload[headerSize]&fragMask), nil
	case typeSPS:
		return false, payload
	default:
		return isKey(t), nil
	}
}

// inside looks at the units of an aggregation packet, each behind its length (RFC 7798 4.4.2).
func inside(units []byte) (key bool, sps []byte) {
	for len(units) > 2 {
		size := int(binary.BigEndian.Uint16(units))
		units = units[2:]
		if size > len(units) {
			return false, sps
		}
		if unit := units[:size:size]; size >= headerSize {
			if isKey(typeOf(unit)) {
				return true, sps
			}
			if typeOf(unit) == typeSPS {
				sps = unit
			}
		}
		units = units[size:]
	}
	return false, sps
}

// SPS is the first sequence parameter set of an access unit; nil if it has none.
func SPS(au [][]byte) []byte {
	for _, nal := range au {
		if len(nal) >= headerSize && typeOf(nal) == typeSPS {
			return nal
		}
	}
	return nil
}

func typeOf(unit []byte) byte { return unit[0] >> 1 & fragMask }

func isKey(t byte) bool { return t >= firstIRAP && t <= lastIRAP }
