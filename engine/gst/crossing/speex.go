package crossing

import "encoding/binary"

// speexHeader is the header with which an Ogg file of Speex begins (Speex manual, 7.3). RTP has none (RFC 5574), but
// speexdec would take the first packets for it. Only rate, mode and channels matter.
func speexHeader(rate, channels int) []byte {
	const size = 80
	mode, frame := uint32(1), uint32(320) // wideband
	switch {
	case rate < 12500:
		mode, frame = 0, 160
	case rate >= 25000:
		mode, frame = 2, 640
	}
	h := make([]byte, 0, size)
	h = append(h, "Speex   1.2             "...) // magic, and the version in 20 bytes
	h = append(h, make([]byte, 28-len(h))...)
	const unknown = 0xFFFFFFFF // the bit rate
	for _, n := range []uint32{1, size, uint32(rate), mode, 4, uint32(channels), unknown, frame, 0, 1, 0, 0, 0} {
		h = binary.LittleEndian.AppendUint32(h, n)
	}
	return h
}

// speexComment is the second header of an Ogg file: a vendor's name of no length, and no comments.
func speexComment() []byte { return make([]byte, 8) }
