package av1

import (
	"bytes"
	"testing"

	"github.com/pion/rtp/codecs"
)

func TestKeyPacket(t *testing.T) {
	for name, row := range map[string]struct {
		payload []byte
		key     bool
	}{
		"empty":             {nil, false},
		"header only":       {[]byte{0x08}, false},
		"new sequence":      {[]byte{0x18, 0x0a}, true},
		"ordinary":          {[]byte{0x10, 0x32}, false},
		"continued, though": {[]byte{0x98, 0x0a}, false}, // forbidden by 4.4
	} {
		if got := KeyPacket(row.payload); got != row.key {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestKeyPacketOfPayloader: of the packets of a large key frame exactly one begins it, and none of an ordinary frame.
func TestKeyPacketOfPayloader(t *testing.T) {
	const sequenceHeader, frame = 0x0a, 0x32 // with size fields
	picture := append([]byte{frame, 0x88, 0x27}, bytes.Repeat([]byte{0xaa}, 5000)...)
	for name, row := range map[string]struct {
		unit []byte
		want int
	}{
		"key":      {append([]byte{sequenceHeader, 2, 1, 2}, picture...), 1},
		"ordinary": {picture, 0},
	} {
		n := 0
		for _, payload := range new(codecs.AV1Payloader).Payload(1200, row.unit) {
			if KeyPacket(payload) {
				n++
			}
		}
		if n != row.want {
			t.Errorf("%s: %d key packets, want %d", name, n, row.want)
		}
	}
}

// FuzzKeyPacket holds our reading of the header against pion's.
func FuzzKeyPacket(f *testing.F) {
	for _, seed := range [][]byte{nil, {0x08}, {0x18, 0x0a, 1}, {0x98, 0x0a}} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		var d codecs.AV1Depacketizer
		_, err := d.Unmarshal(payload)
		if got := KeyPacket(payload); err == nil && got != (d.N && !d.Z) {
			t.Errorf("% x: %v, pion says N %v Z %v", payload, got, d.N, d.Z)
		}
	})
}
