package vp9

import (
	"testing"

	"github.com/pion/rtp/codecs"
)

func TestKeyPacket(t *testing.T) {
	for name, row := range map[string]struct {
		payload []byte
		key     bool
	}{
		"empty":                  {nil, false},
		"key":                    {[]byte{0x08, 0xaa}, true},
		"predicted":              {[]byte{0x48, 0xaa}, false},
		"middle of a frame":      {[]byte{0x00, 0xaa}, false},
		"base layer":             {[]byte{0xa8, 0x85, 0x01, 0x00, 0x07}, true},
		"base layer, short id":   {[]byte{0xa8, 0x05, 0x00, 0x07}, true},
		"base layer, no id":      {[]byte{0x28, 0x00, 0x07}, true},
		"upper layer":            {[]byte{0xa8, 0x85, 0x01, 0x03, 0x07}, false}, // SID 1, predicted from the base only
		"cut in the picture id":  {[]byte{0xa8}, false},
		"cut before the indices": {[]byte{0xa8, 0x85, 0x01}, false},
	} {
		if got := KeyPacket(row.payload); got != row.key {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// FuzzKeyPacket holds our reading of the descriptor against pion's, where pion can read it: we look no further than the
// layer indices, so what is cut off behind them is its concern only.
func FuzzKeyPacket(f *testing.F) {
	for _, seed := range [][]byte{nil, {0x08, 0xaa}, {0xa8, 0x85, 0x01, 0x03, 0x07, 1}, {0xa8}, {0x8a, 1, 0x18, 2, 128, 1, 104}} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		var p codecs.VP9Packet
		_, err := p.Unmarshal(payload)
		want := p.B && !p.P && (!p.L || p.SID == 0)
		if got := KeyPacket(payload); err == nil && got != want {
			t.Errorf("% x: %v, pion says %v", payload, got, want)
		}
	})
}
