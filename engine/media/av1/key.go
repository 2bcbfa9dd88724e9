// Package av1 is the RTP payload format of AV1 (RTP Payload Format For AV1, version 1.0): it tells where decoding can
// begin, cuts temporal units into payloads and gathers them again. It decodes nothing.
//
// A unit of AV1 is one temporal unit in the low-overhead bitstream format (AV1 5.2), each OBU with its size field, and
// without temporal delimiters: so it crosses to GStreamer as video/x-av1,stream-format=obu-stream,alignment=tu, and so it
// lies in WebM and MP4. It has one part; packetizers take several.
package av1

// Bits of the aggregation header (4.4).
const (
	continued   = 0x80 // Z: begins with the rest of an OBU
	newSequence = 0x08 // N: the first packet of a coded video sequence
)

// KeyPacket tells whether a packet's payload is the beginning of a coded video sequence, which is a key frame behind its
// sequence header.
func KeyPacket(payload []byte) bool {
	return len(payload) > 1 && payload[0]&newSequence != 0 && payload[0]&continued == 0
}
