package mpegts

import "time"

// Stream IDs of PES packets (ISO/IEC 13818-1 table 2-22).
const (
	idVideo   = 0xe0
	idAudio   = 0xc0
	idPrivate = 0xbd // private_stream_1: AC-3 and Opus
)

const (
	pesFixed = 6 // start code, stream ID, length
	aligned  = 0x84
	onlyPTS  = 0x80
	bothTS   = 0xc0
)

// beginPES appends the header of a PES packet (2.4.3.6) with room for its length, which sealPES fills in.
func beginPES(dst []byte, id byte, pts, dts time.Duration) []byte {
	p, d := ticks(pts+Delay), ticks(dts+Delay)
	if p == d {
		dst = append(dst, 0, 0, 1, id, 0, 0, aligned, onlyPTS, 5)
		return appendStamp(dst, 2, p)
	}
	dst = append(dst, 0, 0, 1, id, 0, 0, aligned, bothTS, 10)
	return appendStamp(appendStamp(dst, 3, p), 1, d)
}

// appendStamp writes 33 bits between marker bits.
func appendStamp(dst []byte, prefix byte, t int64) []byte {
	t &= maxTicks
	return append(dst, prefix<<4|byte(t>>29)&0x0e|1, byte(t>>22), byte(t>>14)|1, byte(t>>7), byte(t<<1)|1)
}

// sealPES writes the length of the packet that begins at b, so that a demuxer need not wait for the next one to know that this
// is whole. It is false if the packet is too long to say so, which is allowed of video (2.4.3.7).
func sealPES(b []byte) bool {
	n := len(b) - pesFixed
	if n > 0xffff {
		return false
	}
	b[4], b[5] = byte(n>>8), byte(n)
	return true
}
