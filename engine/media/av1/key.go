// Package av1 is the RTP payload format of AV1 (RTP Payload Format For AV1, version 1.0): it tells where decoding can
// begin, cuts temporal units into payloads and gathers them again. It decodes nothing.
//
// A unit of AV1 is one temporal unit in the low-overhead bitstream format (AV1 5.2), each OBU with its size field, and
// without temporal delimiters: so it crosses to GStreamer as video/x-av1,stream-format=obu-stream,alignment=tu, and so it
// lies in WebM and MP4. It has one part; packetizers take several.
package av1

import "encoding/binary"

// Bits of the aggregation header (4.4).
const (
	continued   = 0x80 // Z: begins with the rest of an OBU
	newSequence = 0x08 // N: the first packet of a coded video sequence
	elements    = 0x30 // W: how many OBU elements there are, of which the last has no length; 0 if each has one
)

// KeyPacket tells whether a packet's payload is the beginning of a coded video sequence, which is a key frame behind its
// sequence header.
func KeyPacket(payload []byte) bool {
	return len(payload) > 1 && payload[0]&newSequence != 0 && payload[0]&continued == 0
}

// Inspect is KeyPacket that also gives the body of the sequence header behind which the key frame comes; nil if it cannot
// be read.
func Inspect(payload []byte) (key bool, sequence []byte) {
	if !KeyPacket(payload) {
		return false, nil
	}
	first := payload[aggregationHeader:]
	if payload[0]&elements != oneOBU {
		size, n := binary.Uvarint(first)
		if n <= 0 || size > uint64(len(first)-n) {
			return true, nil
		}
		first = first[n : n+int(size)]
	}
	return true, Sequence([][]byte{first})
}

// Sequence is the body of a temporal unit's sequence header; nil if it does not begin with one.
func Sequence(parts [][]byte) []byte {
	for _, rest := range parts {
		for len(rest) > 0 {
			o, more, err := cut(rest)
			if err != nil {
				return nil
			}
			switch o.kind() {
			case typeSequenceHeader:
				return o.body
			case typeFrame, typeFrameHeader:
				return nil
			}
			rest = more
		}
	}
	return nil
}
