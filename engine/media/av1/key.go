// Package av1 looks into RTP payloads of AV1 (RTP Payload Format For AV1, version 1.0). It tells where decoding can
// begin; it decodes nothing and keeps nothing.
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
