package h264

import (
	"bytes"
	"testing"

	"github.com/pion/rtp/codecs"
)

var (
	aud      = []byte{0x09, 0xf0}
	sps      = []byte{0x67, 0x42, 0xc0, 0x1f}
	pps      = []byte{0x68, 0xce, 0x3c, 0x80}
	idr      = []byte{0x65, 0x88, 0x84}
	slice    = []byte{0x41, 0x9a, 0x02}
	userData = []byte{0x06, 0x05, 0x03, 1, 2, 3, 0x80}
	recovery = []byte{0x06, 0x05, 0x03, 1, 2, 3, 0x06, 0x01, 0xc4, 0x80}
)

func stap(units ...[]byte) []byte {
	out := []byte{0x78}
	for _, u := range units {
		out = append(out, byte(len(u)>>8), byte(len(u)))
		out = append(out, u...)
	}
	return out
}

func TestKeyPacket(t *testing.T) {
	for name, row := range map[string]struct {
		payload []byte
		key     bool
	}{
		"empty":                   {nil, false},
		"idr":                     {idr, true},
		"slice":                   {slice, false},
		"parameter sets":          {stap(sps, pps), false}, // repeated by cameras before any picture
		"all in one":              {stap(aud, sps, pps, idr), true},
		"aggregated slices":       {stap(slice, slice), false},
		"lying length":            {append(stap(sps), 0xff, 0xff, 0x65), false},
		"idr, first fragment":     {[]byte{0x7c, 0x85, 0x88}, true},
		"idr, middle fragment":    {[]byte{0x7c, 0x05, 0x88}, false},
		"slice, first fragment":   {[]byte{0x5c, 0x81, 0x9a}, false},
		"fragment without header": {[]byte{0x7c}, false},
		"recovery point":          {recovery, true},
		"aggregated recovery":     {stap(recovery, slice), true},
		"user data":               {userData, false},
		"sei that ends early":     {[]byte{0x06, 0xff, 0xff}, false},
		"sei larger than it is":   {[]byte{0x06, 0x05, 0xff, 0x10, 1, 2}, false},
		"empty unit in a stap":    {stap(nil, idr), true},
	} {
		if got := KeyPacket(row.payload); got != row.key {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestKeyPacketOfPayloader: of the packets of a large key frame exactly one begins it, and none of an ordinary frame.
func TestKeyPacketOfPayloader(t *testing.T) {
	frame := func(nal byte) []byte { return append([]byte{0, 0, 0, 1, nal}, bytes.Repeat([]byte{0xaa}, 5000)...) }
	for nal, want := range map[byte]int{0x65: 1, 0x41: 0} {
		n := 0
		for _, payload := range new(codecs.H264Payloader).Payload(1200, frame(nal)) {
			if KeyPacket(payload) {
				n++
			}
		}
		if n != want {
			t.Errorf("%d key packets in a frame of NAL %#x, want %d", n, nal, want)
		}
	}
}

// FuzzKeyPacket: nothing makes it panic, and a key is never found in a payload without a byte that could begin one.
func FuzzKeyPacket(f *testing.F) {
	for _, seed := range [][]byte{nil, idr, slice, recovery, stap(sps, pps, idr), {0x7c, 0x85}, {0x06, 0xff, 0xff}} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		if !KeyPacket(payload) {
			return
		}
		for _, b := range payload {
			if b&typeMask == typeIDR || b&typeMask == typeSEI {
				return
			}
		}
		t.Errorf("a key in % x", payload)
	})
}
