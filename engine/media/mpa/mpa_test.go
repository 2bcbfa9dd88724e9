package mpa_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/mpa"
	"sluice/engine/media/payload"
)

func TestHeader(t *testing.T) {
	for _, c := range []struct {
		name string
		b    []byte
		want mpa.Header
	}{
		{"MP3, 128 kbit/s, 44.1 kHz", []byte{0xff, 0xfb, 0x90, 0}, mpa.Header{Layer: 3, Rate: 44100, Samples: 1152, Size: 417}},
		{"padded", []byte{0xff, 0xfb, 0x92, 0}, mpa.Header{Layer: 3, Rate: 44100, Samples: 1152, Size: 418}},
		{"MP3, 64 kbit/s, 22.05 kHz", []byte{0xff, 0xf3, 0x80, 0}, mpa.Header{Layer: 3, Rate: 22050, Samples: 576, Size: 208}},
		{"MP3, 8 kbit/s, 8 kHz", []byte{0xff, 0xe3, 0x18, 0}, mpa.Header{Layer: 3, Rate: 8000, Samples: 576, Size: 72}},
		{"MP2, 192 kbit/s, 48 kHz", []byte{0xff, 0xfd, 0xa4, 0}, mpa.Header{Layer: 2, Rate: 48000, Samples: 1152, Size: 576}},
		{"MP2, 64 kbit/s, 24 kHz", []byte{0xff, 0xf5, 0x84, 0}, mpa.Header{Layer: 2, Rate: 24000, Samples: 1152, Size: 384}},
		{"no sync", []byte{0xfe, 0xfb, 0x90, 0}, mpa.Header{}},
		{"reserved version", []byte{0xff, 0xeb, 0x90, 0}, mpa.Header{}},
		{"layer 1", []byte{0xff, 0xff, 0x90, 0}, mpa.Header{}},
		{"no layer", []byte{0xff, 0xf9, 0x90, 0}, mpa.Header{}},
		{"free bit rate", []byte{0xff, 0xfb, 0x00, 0}, mpa.Header{}},
		{"no bit rate", []byte{0xff, 0xfb, 0xf0, 0}, mpa.Header{}},
		{"no sample rate", []byte{0xff, 0xfb, 0x9c, 0}, mpa.Header{}},
		{"cut off", []byte{0xff, 0xfb, 0x90}, mpa.Header{}},
	} {
		if got, err := mpa.ParseHeader(c.b); got != c.want || (err != nil) != (c.want.Size == 0) {
			t.Errorf("%s: %+v, %v; want %+v", c.name, got, err, c.want)
		}
	}
}

// frames at 8 kbit/s and 8 kHz have 72 bytes and last 72 ms; at 24 kHz 24 bytes and 24 ms.
func frame72() []byte { return append([]byte{0xff, 0xe3, 0x18, 0}, bytes.Repeat([]byte{0xaa}, 68)...) }
func frame24() []byte { return append([]byte{0xff, 0xf3, 0x14, 0}, bytes.Repeat([]byte{0xbb}, 20)...) }

func TestPacketize(t *testing.T) {
	a, b := hex.EncodeToString(frame72()), hex.EncodeToString(frame24())
	p := mpa.NewPacketizer(payload.MinSize)
	var batch payload.Batch
	for _, u := range []media.Unit{
		{AU: [][]byte{frame24(), frame24(), frame24()}}, {PTS: 72 * time.Millisecond, AU: [][]byte{frame72()}}, {PTS: time.Second, AU: [][]byte{frame24()}},
	} {
		if err := p.Packetize(&batch, &u); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"00000000" + b + b + ".@0s", "00000000" + b + "@48ms", "00000000" + a[:120] + "@72ms", "0000003c" + a[120:] + "@72ms", "00000000" + b + ".@1s"}
	for i, one := range batch.Payloads {
		if got := hex.EncodeToString(one.Data) + map[bool]string{true: "."}[one.Marker] + "@" + one.PTS.String(); i >= len(want) || got != want[i] {
			t.Errorf("payload %d: got %s", i, got)
		}
	}
	if len(batch.Payloads) != len(want) {
		t.Errorf("%d payloads", len(batch.Payloads))
	}
	batch.Reset()
	if err := p.Packetize(&batch, &media.Unit{AU: [][]byte{frame24(), {1, 2, 3, 4}}}); !errors.Is(err, fault.MediaCorrupt) || len(batch.Payloads) > 0 {
		t.Errorf("%v and %d payloads", err, len(batch.Payloads))
	}
}

func TestDepacketize(t *testing.T) {
	a, b := hex.EncodeToString(frame72()), hex.EncodeToString(frame24())
	for _, c := range []struct {
		name, packets, want string // "/" is a packet that is lost
		stats               payload.Stats
	}{
		{"frames", "00000000" + b + a, b + "@0s " + a + "@24ms", payload.Stats{Packets: 1, Units: 2}},
		{"fragments", "00000000" + a[:40] + " 00000014" + a[40:100] + " 00000032" + a[100:], a + "@0s", payload.Stats{Packets: 3, Units: 1}},
		{"the rest of a frame", "/ 00000014" + a[40:] + " 00000000" + b, b + "@0s", payload.Stats{Packets: 2, Units: 1, Spoiled: 1}},
		{"a lost fragment", "00000000" + a[:40] + " / 00000032" + a[100:] + " 00000000" + b, b + "@0s", payload.Stats{Packets: 3, Lost: 1, Units: 1, Spoiled: 2}},
		{"a fragment behind no other", "00000000" + b + " 00000014" + a[40:], b + "@0s", payload.Stats{Packets: 2, Corrupt: 1, Units: 1}},
		{"a fragment that does not follow", "00000000" + a[:40] + " 00000015" + a[40:], "", payload.Stats{Packets: 2, Corrupt: 1, Spoiled: 1}},
		{"a fragment that is too long", "00000000" + a[:40] + " 00000014" + a[40:] + "ff", "", payload.Stats{Packets: 2, Corrupt: 1, Spoiled: 1}},
		{"a frame before the end of another", "00000000" + a[:40] + " 00000000" + b, "", payload.Stats{Packets: 2, Corrupt: 1, Spoiled: 1}},
		{"a frame and a fragment", "00000000" + b + a[:40], "", payload.Stats{Packets: 1, Corrupt: 1}},
		{"no frame", "0000000001020304", "", payload.Stats{Packets: 1, Corrupt: 1}},
		{"not zero", "00010000" + b, "", payload.Stats{Packets: 1, Corrupt: 1}},
		{"a header alone", "00000000", "", payload.Stats{Packets: 1, Corrupt: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := mpa.NewDepacketizer()
			var units []media.Unit
			for i, s := range strings.Fields(c.packets) {
				if s == "/" {
					continue
				}
				data, err := hex.DecodeString(s)
				if err != nil {
					t.Fatal(err)
				}
				units, err = d.Depacketize(units, &media.Packet{Header: rtp.Header{SequenceNumber: uint16(i)}, Payload: data})
				if err != nil && !errors.Is(err, fault.MediaCorrupt) {
					t.Error(err)
				}
			}
			var words []string
			for _, u := range units {
				words = append(words, hex.EncodeToString(u.AU[0])+"@"+u.PTS.String())
			}
			if got := strings.Join(words, " "); got != c.want || d.Stats() != c.stats {
				t.Errorf("got %q, %+v; want %q, %+v", got, d.Stats(), c.want, c.stats)
			}
		})
	}
}
