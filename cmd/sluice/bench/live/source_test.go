package live

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"testing"
	"time"
)

// marker stands in every picture of relayed streams, before its number and the time at which it was sent, as text: what is
// searched for on the wire must not depend on how a protocol frames it.
const marker = "sluice-bench:"

// markedLength is that of the marker, the number (8 digits) and the time (16), all hexadecimal.
const markedLength = len(marker) + 8 + 16

// parameters are of H.264 at 320x180, as x264 makes them: an SPS and a PPS.
func parameters() (sps, pps []byte) {
	sps, _ = hex.DecodeString("6742c00cda05067e7c0440000003004000000c83c50aa8")
	pps, _ = hex.DecodeString("68ce0fc8")
	return sps, pps
}

// picture writes the n-th NAL unit, which says when it is sent; every sixtieth is a key frame.
func picture(buf []byte, n uint32) (nal []byte, key bool) {
	length, head := size, []byte{0x41, 0x9a, 0x55}
	if key = n%gop == 0; key {
		length, head = keySize, []byte{0x65, 0x88, 0x55}
	}
	nal = append(buf[:0], head...)
	nal = append(nal, marker...)
	nal = append(nal, hex.EncodeToString(binary.BigEndian.AppendUint32(nil, n))...)
	nal = append(nal, hex.EncodeToString(binary.BigEndian.AppendUint64(nil, uint64(time.Now().UnixNano())))...)
	return append(nal, bytes.Repeat([]byte{0x55}, length-len(nal))...), key
}

// marked finds a marker, and gives what is behind it.
func marked(b []byte) (n uint32, sent time.Time, ok bool) {
	i := bytes.Index(b, []byte(marker))
	if i < 0 || len(b)-i < markedLength {
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

// source writes pictures at their pace until the benchmark is over.
func source(b *testing.B, write func(n uint32, nal []byte, key bool) error) {
	b.Helper()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(interval)
		defer tick.Stop()
		buf := make([]byte, 0, keySize)
		for n := uint32(0); ; n++ {
			nal, key := picture(buf, n)
			if write(n, nal, key) != nil {
				return
			}
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	}()
	b.Cleanup(func() {
		close(stop)
		<-done
	})
}
