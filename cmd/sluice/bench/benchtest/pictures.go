package benchtest

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"testing"
	"time"
)

// The stream of benchmarks is like 720p30 of 2 Mbit/s with a key frame every two seconds.
const (
	FPS      = 30
	GOP      = 2 * FPS // pictures from one key frame to the next
	KeySize  = 40_000  // bytes
	Size     = 7_700   // of any other picture
	Interval = time.Second / FPS
)

// marker stands in every picture, before its number and the time at which it was sent, as text: what is searched for on the wire must
// not depend on how a protocol frames it.
const marker = "sluice-bench:"

// MarkedLength is that of the marker, the number (8 digits) and the time (16), all hexadecimal.
const MarkedLength = len(marker) + 8 + 16

// Parameters are of H.264 at 320x180, as x264 makes them: an SPS and a PPS.
func Parameters() (sps, pps []byte) {
	sps, _ = hex.DecodeString("6742c00cda05067e7c0440000003004000000c83c50aa8")
	pps, _ = hex.DecodeString("68ce0fc8")
	return sps, pps
}

// picture writes the n-th NAL unit, which says when it is sent.
func picture(buf []byte, n uint32) (nal []byte, key bool) {
	length, head := Size, []byte{0x41, 0x9a, 0x55}
	if key = n%GOP == 0; key {
		length, head = KeySize, []byte{0x65, 0x88, 0x55}
	}
	nal = append(buf[:0], head...)
	nal = append(nal, marker...)
	nal = append(nal, hex.EncodeToString(binary.BigEndian.AppendUint32(nil, n))...)
	nal = append(nal, hex.EncodeToString(binary.BigEndian.AppendUint64(nil, uint64(time.Now().UnixNano())))...)
	return append(nal, bytes.Repeat([]byte{0x55}, length-len(nal))...), key
}

// After is what follows the first marker, which is there.
func After(b []byte) []byte { return b[bytes.Index(b, []byte(marker))+MarkedLength:] }

// Marked finds a picture's marker, and gives its number and when it was sent.
func Marked(b []byte) (n uint32, sent time.Time, ok bool) {
	i := bytes.Index(b, []byte(marker))
	if i < 0 || len(b)-i < MarkedLength {
		return 0, time.Time{}, false
	}
	b = b[i+len(marker):]
	number, err := strconv.ParseUint(string(b[:8]), 16, 32)
	if err != nil {
		return 0, time.Time{}, false
	}
	at, err := strconv.ParseInt(string(b[8:24]), 16, 64)
	return uint32(number), time.Unix(0, at), err == nil
}

// LastMarked finds the marker of the last picture in a piece of media.
func LastMarked(b []byte) (n uint32, sent time.Time, ok bool) {
	return Marked(b[max(0, bytes.LastIndex(b, []byte(marker))):])
}

// Pictures writes pictures at their pace, each as a NAL unit, until what it gives is called, which also happens at the end of the
// benchmark, or until write fails.
func Pictures(b *testing.B, write func(n uint32, nal []byte, key bool) error) (end func()) {
	b.Helper()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		began, buf := time.Now(), make([]byte, 0, KeySize)
		for n := uint32(0); ; n++ {
			nal, key := picture(buf, n)
			if write(n, nal, key) != nil {
				return
			}
			select {
			case <-stop:
				return
			case <-time.After(time.Until(began.Add(time.Duration(n+1) * Interval))): // late ones do not make all others late
			}
		}
	}()
	over := false
	end = func() {
		if !over {
			over = true
			close(stop)
			<-done
		}
	}
	b.Cleanup(end)
	return end
}
