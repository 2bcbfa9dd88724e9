// Package h264 is the RTP payload format of H.264 (RFC 6184), packetization modes 0 and 1: it tells where decoding can
// begin, cuts access units into payloads and gathers them again. It decodes nothing and knows no interleaving (mode 2).
package h264

import "encoding/binary"

// Types of NAL units and of the packets that carry several or a part of one (RFC 6184 5.2).
const (
	typeSlice  = 1
	typeIDR    = 5
	typeSEI    = 6
	typeSPS    = 7
	typePPS    = 8
	typeAUD    = 9
	typeFiller = 12
	typeSTAPA  = 24
	typeFUA    = 28

	typeMask  = 0x1f
	nriMask   = 0x60
	startMask = 0x80
	endMask   = 0x40

	recoveryPoint = 6 // SEI payload type (H.264 D.1)
)

// KeyPacket tells whether a packet's payload holds a NAL unit at which decoding can begin, or the beginning of one: an IDR
// slice, or an SEI message that announces a recovery point. Parameter sets alone do not count, as cameras repeat them
// before ordinary pictures too.
func KeyPacket(payload []byte) bool {
	key, _ := Inspect(payload)
	return key
}

// Inspect is KeyPacket that also gives the sequence parameter set in a packet's payload; nil if there is none. It comes
// before the slices, often in a packet of its own.
func Inspect(payload []byte) (key bool, sps []byte) {
	if len(payload) == 0 {
		return false, nil
	}
	switch payload[0] & typeMask {
	case typeSTAPA:
		return inside(payload[1:])
	case typeFUA:
		return len(payload) > 1 && payload[1]&startMask != 0 && payload[1]&typeMask == typeIDR, nil
	case typeSPS:
		return false, payload
	}
	return keyUnit(payload), nil
}

// inside looks at the units of an aggregation packet, each behind its length (RFC 6184 5.7.1).
func inside(units []byte) (key bool, sps []byte) {
	for len(units) > 2 {
		size := int(binary.BigEndian.Uint16(units))
		units = units[2:]
		if size > len(units) {
			return false, sps
		}
		unit := units[:size:size]
		if keyUnit(unit) {
			return true, sps
		}
		if size > 0 && unit[0]&typeMask == typeSPS {
			sps = unit
		}
		units = units[size:]
	}
	return false, sps
}

// SPS is the first sequence parameter set of an access unit; nil if it has none.
func SPS(au [][]byte) []byte {
	for _, nal := range au {
		if parameterSet(nal) == 0 {
			return nal
		}
	}
	return nil
}

func keyUnit(unit []byte) bool {
	if len(unit) == 0 {
		return false
	}
	switch unit[0] & typeMask {
	case typeIDR:
		return true
	case typeSEI:
		return announcesRecovery(unit[1:])
	}
	return false
}

// announcesRecovery walks the messages of an SEI: type and size are sums of bytes that go on after 255 (H.264 7.3.2.3.1).
func announcesRecovery(sei []byte) bool {
	for len(sei) > 2 {
		var kind, size int
		kind, sei = sumBytes(sei)
		size, sei = sumBytes(sei)
		if kind == recoveryPoint {
			return true
		}
		if size >= len(sei) {
			return false
		}
		sei = sei[size:]
	}
	return false
}

func sumBytes(b []byte) (sum int, rest []byte) {
	for i, v := range b {
		sum += int(v)
		if v != 0xff {
			return sum, b[i+1:]
		}
	}
	return sum, nil
}
