package vp8

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
		"empty":                   {nil, false},
		"key":                     {[]byte{0x10, 0x90}, true},
		"inter":                   {[]byte{0x10, 0x91}, false},
		"middle of a frame":       {[]byte{0x00, 0x90}, false},
		"second partition":        {[]byte{0x11, 0x90}, false},
		"descriptor only":         {[]byte{0x10}, false},
		"short picture id":        {[]byte{0x90, 0x80, 0x05, 0x90}, true},
		"long picture id":         {[]byte{0x90, 0x80, 0x85, 0x01, 0x90}, true},
		"long id, inter":          {[]byte{0x90, 0x80, 0x85, 0x00, 0x91}, false},
		"everything":              {[]byte{0x90, 0xf0, 0x85, 0x01, 0x07, 0x20, 0x90}, true},
		"tid and key index share": {[]byte{0x90, 0x30, 0x20, 0x90}, true},
		"cut in the extension":    {[]byte{0x90}, false},
		"cut in the picture id":   {[]byte{0x90, 0x80}, false},
		"cut before the header":   {[]byte{0x90, 0xf0, 0x85, 0x01, 0x07, 0x20}, false},
	} {
		if got := KeyPacket(row.payload); got != row.key {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestKeyPacketOfPayloader: of the packets of a large key frame exactly one begins it, and none of an ordinary frame.
func TestKeyPacketOfPayloader(t *testing.T) {
	for first, want := range map[byte]int{0x50: 1, 0x51: 0} {
		frame := append([]byte{first}, bytes.Repeat([]byte{0xaa}, 5000)...)
		n := 0
		for _, payload := range (&codecs.VP8Payloader{EnablePictureID: true}).Payload(1200, frame) {
			if KeyPacket(payload) {
				n++
			}
		}
		if n != want {
			t.Errorf("%d key packets in a frame that begins with %#x, want %d", n, first, want)
		}
	}
}

// FuzzKeyPacket holds our reading of the descriptor against pion's.
func FuzzKeyPacket(f *testing.F) {
	for _, seed := range [][]byte{nil, {0x10, 0x90}, {0x90, 0xf0, 0x85, 0x01, 0x07, 0x20, 0x90}, {0x90, 0x80}} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		var p codecs.VP8Packet
		frame, err := p.Unmarshal(payload)
		want := err == nil && len(frame) > 0 && p.S == 1 && p.PID == 0 && frame[0]&interFrame == 0
		if got := KeyPacket(payload); got != want {
			t.Errorf("% x: %v, pion says %v (%v)", payload, got, want, err)
		}
	})
}
