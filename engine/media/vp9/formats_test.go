package vp9_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/payload"
	"sluice/engine/media/vp9"
)

var (
	key   = append([]byte{0x82, 0x49, 0x83, 0x42, 0, 9, 0xf0, 7, 0x70}, bytes.Repeat([]byte{1}, 100)...) // 160×120
	inter = []byte{0x86, 1, 2}
	again = []byte{0x88, 0} // shows an earlier frame
)

func TestPacketize(t *testing.T) {
	p := vp9.NewPacketizer(payload.MinSize, 0x7fff)
	var b payload.Batch
	for _, frame := range [][]byte{key, inter, again} {
		if err := p.Packetize(&b, &media.Unit{AU: [][]byte{frame}}); err != nil {
			t.Fatal(err)
		}
	}
	want := []codecs.VP9Packet{
		{B: true, V: true, PictureID: 0x7fff}, {PictureID: 0x7fff, E: true}, {B: true, E: true, P: true, PictureID: 0}, {B: true, E: true, P: true, PictureID: 1},
	}
	if len(b.Payloads) != len(want) {
		t.Fatalf("%d payloads", len(b.Payloads))
	}
	for i, w := range want {
		var v codecs.VP9Packet
		if _, err := v.Unmarshal(b.Payloads[i].Data); err != nil {
			t.Fatal(err)
		}
		if !v.I || v.F || v.L || v.B != w.B || v.E != w.E || v.P != w.P || v.V != w.V || v.PictureID != w.PictureID || b.Payloads[i].Marker != v.E {
			t.Errorf("packet %d: %+v, marker %v", i, v, b.Payloads[i].Marker)
		}
		if w.V && (v.NS != 0 || v.Width[0] != 160 || v.Height[0] != 120 || v.NG != 1 || v.PGPDiff[0][0] != 1) {
			t.Errorf("structure %+v", v)
		}
		if vp9.KeyPacket(b.Payloads[i].Data) != w.V {
			t.Errorf("packet %d passes for a key frame's, or does not", i)
		}
	}
}

func TestPacketizeNeedsAHeader(t *testing.T) {
	var b payload.Batch
	for _, frame := range [][]byte{nil, {0}, {0x82, 1, 2, 3}} {
		if err := vp9.NewPacketizer(payload.MinSize, 0).Packetize(&b, &media.Unit{AU: [][]byte{frame}}); !errors.Is(err, fault.MediaCorrupt) {
			t.Errorf("%x gives %v", frame, err)
		}
	}
}

func TestDepacketize(t *testing.T) {
	const i, p, l, f, b, e, v = 0x80, 0x40, 0x20, 0x10, 8, 4, 2
	for _, c := range []struct {
		name    string
		packets [][]byte // the last has the marker
		want    []byte
		key     bool
		bad     bool
	}{
		{"a key frame", [][]byte{append([]byte{b | e}, key...)}, key, true, false},
		{"another frame", [][]byte{append([]byte{b | e | p}, inter...)}, inter, false, false},
		{"one that is shown again is no key frame", [][]byte{append([]byte{b | e}, again...)}, again, false, false},
		{"pieces", [][]byte{{b | p, 0x86, 1}, {p, 2}, {e | p, 3}}, []byte{0x86, 1, 2, 3}, false, false},
		{"spatial layers", [][]byte{{b | e | l, 0, 0, 0x86, 1}, {b | e | l, 2, 0, 0x86, 2}}, []byte{0x86, 1, 0x86, 2}, false, false},
		{"flexible mode", [][]byte{{i | p | f | b | e, 5, 3, 5, 2, 0x86}}, []byte{0x86}, false, false},
		{"its midst is not begun with", [][]byte{{e, 1, 2}}, nil, false, false},
		{"nor is an upper layer", [][]byte{{b | e | l, 2, 0, 0x86, 2}}, nil, false, false},
		{"a piece without an end", [][]byte{{b | p, 0x86, 1}, {b | e | p, 0x86}}, nil, false, true},
		{"a frame without an end", [][]byte{{b | p, 0x86, 1}}, nil, false, true},
		{"a piece without a beginning", [][]byte{{b | e | p, 0x86, 1}, {e | p, 0x86}}, nil, false, true},
		{"no header", [][]byte{{b | e, 0}}, nil, false, true},
		{"a descriptor alone", [][]byte{{b | e | i, 3}}, nil, false, true},
		{"a structure that is cut off", [][]byte{{b | e}, {v, 0xf8}}, nil, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := vp9.NewDepacketizer(0)
			var units []media.Unit
			var failed error
			for n, data := range c.packets {
				var err error
				h := rtp.Header{SequenceNumber: uint16(n), Marker: n == len(c.packets)-1}
				units, err = d.Depacketize(units, &media.Packet{Header: h, Payload: data})
				failed = errors.Join(failed, err)
			}
			if (failed != nil) != c.bad {
				t.Errorf("got the error %v", failed)
			}
			if c.want == nil {
				if len(units) > 0 {
					t.Errorf("got %v", units)
				}
				return
			}
			if len(units) != 1 || len(units[0].AU) != 1 || !bytes.Equal(units[0].AU[0], c.want) || units[0].Key != c.key {
				t.Errorf("got %v", units)
			}
		})
	}
}
