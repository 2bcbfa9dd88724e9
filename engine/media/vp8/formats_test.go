package vp8_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/payload"
	"sluice/engine/media/vp8"
)

// TestPictureIDsCountOn reads the descriptors with pion: 15 bits that go round, the same for all packets of a frame.
func TestPictureIDsCountOn(t *testing.T) {
	p := vp8.NewPacketizer(payload.MinSize, 0x7ffe)
	var b payload.Batch
	for range 3 {
		if err := p.Packetize(&b, &media.Unit{AU: [][]byte{bytes.Repeat([]byte{0x10}, 100)}}); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []uint16{0x7ffe, 0x7ffe, 0x7fff, 0x7fff, 0, 0} {
		var v codecs.VP8Packet
		if _, err := v.Unmarshal(b.Payloads[i].Data); err != nil {
			t.Fatal(err)
		}
		last := i%2 == 1
		if v.I != 1 || v.PictureID != want || v.L != 0 || v.T != 0 || v.S != uint8(1-i%2) || v.PID != 0 || b.Payloads[i].Marker != last {
			t.Errorf("packet %d: %+v, marker %v", i, v, b.Payloads[i].Marker)
		}
	}
}

func TestNothingIsNoFrame(t *testing.T) {
	var b payload.Batch
	if err := vp8.NewPacketizer(payload.MinSize, 0).Packetize(&b, &media.Unit{AU: [][]byte{{}}}); !errors.Is(err, fault.MediaCorrupt) {
		t.Errorf("got %v", err)
	}
}

func TestDepacketize(t *testing.T) {
	type packet struct {
		data   []byte
		marker bool
	}
	for _, c := range []struct {
		name    string
		packets []packet
		want    []byte
		key     bool
		bad     bool
	}{
		{"a key frame", []packet{{[]byte{0x10, 0x10, 1}, true}}, []byte{0x10, 1}, true, false},
		{"another frame", []packet{{[]byte{0x10, 0x11, 1}, true}}, []byte{0x11, 1}, false, false},
		{"partitions", []packet{{[]byte{0x10, 0x11}, false}, {[]byte{0x11, 2}, false}, {[]byte{0x02, 3}, true}}, []byte{0x11, 2, 3}, false, false},
		{"all of a descriptor", []packet{{[]byte{0x90, 0xf0, 0x81, 2, 3, 0x40, 0x11}, true}}, []byte{0x11}, false, false},
		{"its midst is not begun with", []packet{{[]byte{0x00, 1}, true}}, nil, false, false},
		{"nor is another partition", []packet{{[]byte{0x11, 1}, true}}, nil, false, false},
		{"a frame that has no beginning", []packet{{[]byte{0x10, 0x11}, true}, {[]byte{0x00, 1}, true}}, []byte{0x11}, false, true},
		{"a descriptor alone", []packet{{[]byte{0x90, 0x80, 0x81, 2}, true}}, nil, false, true},
		{"a descriptor that is cut off", []packet{{[]byte{0x90, 0x80}, true}}, nil, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := vp8.NewDepacketizer(0)
			var units []media.Unit
			var failed error
			for i, p := range c.packets {
				var err error
				units, err = d.Depacketize(units, &media.Packet{Header: rtp.Header{SequenceNumber: uint16(i), Marker: p.marker}, Payload: p.data})
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
