package h265

import (
	"bytes"
	"testing"

	"github.com/pion/rtp/codecs"
)

func nal(kind byte) []byte { return []byte{kind << 1, 1, 0xaa, 0xbb} }

func aggregate(units ...[]byte) []byte {
	out := []byte{typeAggregation << 1, 1}
	for _, u := range units {
		out = append(out, byte(len(u)>>8), byte(len(u)))
		out = append(out, u...)
	}
	return out
}

func TestKeyPacket(t *testing.T) {
	const trail, bla, idr, cra, vps, sps, pps = 1, 16, 19, 21, 32, 33, 34
	for name, row := range map[string]struct {
		payload []byte
		key     bool
	}{
		"empty":                   {nil, false},
		"half a header":           {[]byte{idr << 1}, false},
		"idr":                     {nal(idr), true},
		"cra":                     {nal(cra), true},
		"bla":                     {nal(bla), true},
		"trailing picture":        {nal(trail), false},
		"parameter sets":          {aggregate(nal(vps), nal(sps), nal(pps)), false},
		"all in one":              {aggregate(nal(vps), nal(sps), nal(pps), nal(idr)), true},
		"lying length":            {append(aggregate(nal(vps)), 0xff, 0xff, idr<<1, 1), false},
		"unit of one byte":        {aggregate([]byte{idr << 1}), false},
		"idr, first fragment":     {[]byte{typeFragment << 1, 1, 0x80 | idr}, true},
		"idr, last fragment":      {[]byte{typeFragment << 1, 1, 0x40 | idr}, false},
		"trailing, first":         {[]byte{typeFragment << 1, 1, 0x80 | trail}, false},
		"fragment without header": {[]byte{typeFragment << 1, 1}, false},
	} {
		if got := KeyPacket(row.payload); got != row.key {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestKeyPacketOfPayloader: of the packets of a large key frame exactly one begins it, and none of an ordinary frame.
func TestKeyPacketOfPayloader(t *testing.T) {
	for kind, want := range map[byte]int{19: 1, 1: 0} {
		frame := append([]byte{0, 0, 0, 1, kind << 1, 1}, bytes.Repeat([]byte{0xaa}, 5000)...)
		n := 0
		for _, payload := range new(codecs.H265Payloader).Payload(1200, frame) {
			if KeyPacket(payload) {
				n++
			}
		}
		if n != want {
			t.Errorf("%d key packets in a frame of type %d, want %d", n, kind, want)
		}
	}
}

// FuzzKeyPacket: nothing makes it panic, and a key is never found where no byte could be the type of one.
func FuzzKeyPacket(f *testing.F) {
	for _, seed := range [][]byte{nil, nal(19), nal(1), aggregate(nal(32), nal(19)), {98, 1, 0x93}, {96, 1, 0xff, 0xff}} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		if !KeyPacket(payload) {
			return
		}
		for _, b := range payload {
			if isKey(b>>1&fragMask) || isKey(b&fragMask) {
				return
			}
		}
		t.Errorf("a key in % x", payload)
	})
}

func TestUnreferenced(t *testing.T) {
	const trailN, trailR, raslN, idr, sei = 0, 1, 8, 19, 39
	for name, row := range map[string]struct {
		au   [][]byte
		want bool
	}{
		"nothing":      {[][]byte{{1}}, false},
		"no slice":     {[][]byte{nal(sei)}, false},
		"reference":    {[][]byte{nal(sei), nal(trailR)}, false},
		"idr":          {[][]byte{nal(idr)}, false},
		"no reference": {[][]byte{nal(sei), nal(trailN), nal(trailN)}, true},
		"leading":      {[][]byte{nal(raslN)}, true},
	} {
		if got := Unreferenced(row.au); got != row.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
