// Package vp9 is the RTP payload format of VP9 (RFC 9628): it tells where decoding can begin, cuts frames into payloads
// and gathers them again. It decodes nothing.
package vp9

// Bits of the payload descriptor (RFC 9628 4.2).
const (
	hasPictureID = 0x80 // I
	predicted    = 0x40 // P
	hasLayers    = 0x20 // L
	startOfFrame = 0x08 // B
	longPicture  = 0x80 // M

	spatialShift = 1 // SID in the byte of layer indices
	spatialMask  = 0x07
)

// KeyPacket tells whether a packet's payload is the beginning of a key frame: of its lowest spatial layer, if it has
// several.
func KeyPacket(payload []byte) bool {
	if len(payload) == 0 || payload[0]&startOfFrame == 0 || payload[0]&predicted != 0 {
		return false
	}
	if payload[0]&hasLayers == 0 {
		return true
	}
	at := 1
	if payload[0]&hasPictureID != 0 {
		if at < len(payload) && payload[at]&longPicture != 0 {
			at++
		}
		at++
	}
	return at < len(payload) && payload[at]>>spatialShift&spatialMask == 0
}
