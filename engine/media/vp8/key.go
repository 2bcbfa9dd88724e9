// Package vp8 is the RTP payload format of VP8 (RFC 7741): it tells where decoding can begin, cuts frames into payloads
// and gathers them again. It decodes nothing.
package vp8

// Bits of the payload descriptor (RFC 7741 4.2).
const (
	extended     = 0x80 // X: an extension byte follows
	startOfPart  = 0x10 // S
	partition    = 0x07 // PID
	hasPictureID = 0x80 // I
	hasTL0       = 0x40 // L
	hasTID       = 0x20 // T
	hasKeyIndex  = 0x10 // K
	longPicture  = 0x80 // M

	interFrame = 0x01 // P of the payload header (RFC 7741 4.3): not a key frame
)

// KeyPacket tells whether a packet's payload is the beginning of a key frame.
func KeyPacket(payload []byte) bool {
	key, _ := Inspect(payload)
	return key
}

// Inspect is KeyPacket that also gives what the packet has of the key frame.
func Inspect(payload []byte) (key bool, frame []byte) {
	if len(payload) == 0 || payload[0]&startOfPart == 0 || payload[0]&partition != 0 {
		return false, nil
	}
	at := descriptorSize(payload)
	if at >= len(payload) || payload[at]&interFrame != 0 {
		return false, nil
	}
	return true, payload[at:]
}

// descriptorSize is at least 1 and may lie behind the end of a payload that was cut off.
func descriptorSize(payload []byte) int {
	if payload[0]&extended == 0 {
		return 1
	}
	if len(payload) < 2 {
		return 2
	}
	flags, size := payload[1], 2
	if flags&hasPictureID != 0 {
		if size < len(payload) && payload[size]&longPicture != 0 {
			size++
		}
		size++
	}
	if flags&hasTL0 != 0 {
		size++
	}
	if flags&(hasTID|hasKeyIndex) != 0 {
		size++
	}
	return size
}
