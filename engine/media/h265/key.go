// Package h265 looks into RTP payloads of H.265 (RFC 7798). It tells where decoding can begin; it decodes nothing and
// keeps nothing.
package h265

import "encoding/binary"

// Types of NAL units and of the packets that carry several or a part of one (RFC 7798 4.4).
const (
	firstIRAP       = 16 // BLA, IDR and CRA pictures, and two reserved
	lastIRAP        = 23
	typeAggregation = 48
	typeFragment    = 49

	headerSize = 2
	startMask  = 0x80
	fragMask   = 0x3f
)

// KeyPacket tells whether a packet's payload holds a NAL unit at which decoding can begin, or the beginning of one: a
// slice of an IRAP picture (H.265 3.76). Streams with decoding order numbers in their packets (sprop-max-don-diff > 0)
// are not understood; nobody sends them in real time.
func KeyPacket(payload []byte) bool {
	if len(payload) < headerSize {
		return false
	}
	switch typeOf(payload) {
	case typeAggregation:
		return keyInside(payload[headerSize:])
	case typeFragment:
		return len(payload) > headerSize && payload[headerSize]&startMask != 0 && isKey(payload[headerSize]&fragMask)
	}
	return isKey(typeOf(payload))
}

// keyInside looks at the units of an aggregation packet, each behind its length (RFC 7798 4.4.2).
func keyInside(units []byte) bool {
	for len(units) > 2 {
		size := int(binary.BigEndian.Uint16(units))
		units = units[2:]
		if size > len(units) {
			return false
		}
		if size >= headerSize && isKey(typeOf(units)) {
			return true
		}
		units = units[size:]
	}
	return false
}

func typeOf(unit []byte) byte { return unit[0] >> 1 & fragMask }

func isKey(t byte) bool { return t >= firstIRAP && t <= lastIRAP }
