package aac_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/aac"
	"sluice/engine/media/payload"
)

func track(rate uint32, extra ...byte) media.Track {
	t := media.NewTrack(media.AAC)
	t.ClockRate = rate
	if len(extra) > 0 {
		t.Extra = [][]byte{extra}
	}
	return t
}

func TestPacketize(t *testing.T) {
	long := bytes.Repeat([]byte{0xaa}, 100)
	for _, c := range []struct {
		name string
		au   [][]byte
		want string
	}{
		{"a frame", [][]byte{{1, 2, 3}}, "0010" + "0018" + "010203.@0s"},
		{"two frames", [][]byte{{1, 2, 3}, {4}}, "0020" + "0018" + "0008" + "010203" + "04.@0s"},
		{
			"as many as fit", [][]byte{long[:28], long[:28], long[:58]},
			"0020" + "00e0" + "00e0" + strings.Repeat("aa", 56) + ".@0s 0010" + "01d0" + strings.Repeat("aa", 58) + ".@42.666666ms",
		},
		{
			"fragments tell the whole size", [][]byte{long, {1}},
			"0010" + "0320" + strings.Repeat("aa", 60) + "@0s 0010" + "0320" + strings.Repeat("aa", 40) + ".@0s 0010" + "0008" + "01.@21.333333ms",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b payload.Batch
			if err := aac.NewPacketizer(track(48000), payload.MinSize).Packetize(&b, &media.Unit{AU: c.au}); err != nil {
				t.Fatal(err)
			}
			var words []string
			for _, p := range b.Payloads {
				words = append(words, hex.EncodeToString(p.Data)+map[bool]string{true: "."}[p.Marker]+"@"+p.PTS.String())
			}
			if got := strings.Join(words, " "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
	var b payload.Batch
	for _, n := range []int{0, 8192} {
		err := aac.NewPacketizer(track(48000), 0).Packetize(&b, &media.Unit{AU: [][]byte{{1}, make([]byte, n)}})
		if !errors.Is(err, fault.MediaCorrupt) || len(b.Payloads) > 0 {
			t.Errorf("a frame of %d bytes gives %v and %d payloads", n, err, len(b.Payloads))
		}
	}
}

func TestDepacketize(t *testing.T) {
	for _, c := range []struct {
		name, packets, want string // a dot is the marker, "/" a packet that is lost
		stats               payload.Stats
	}{
		{"a frame", "00100018010203.", "010203@0s", payload.Stats{Packets: 1, Units: 1}},
		{"two frames", "00200018000801020304.", "010203@0s 04@21.333333ms", payload.Stats{Packets: 1, Units: 2}},
		{"fragments by RFC 3640", "001000200102 0010002003 0010002004.", "01020304@0s", payload.Stats{Packets: 3, Units: 1}},
		{"fragments with their own sizes, behind a frame", "0010000801. 001000100102 0010000803 0010000804.", "01@0s 01020304@0s", payload.Stats{Packets: 4, Units: 2}},
		{"the rest of a frame", "/ 0010002004. 0010000801.", "01@0s", payload.Stats{Packets: 2, Units: 1, Spoiled: 1}},
		{"more of the rest of a frame", "/ 0010002003 0010002004. 0010000801.", "01@0s", payload.Stats{Packets: 3, Units: 1, Spoiled: 1}},
		{"a lost fragment", "0010000801. 001000200102 / 0010002004. 0010000802.", "01@0s 02@0s", payload.Stats{Packets: 4, Lost: 1, Units: 2, Spoiled: 2}},
		{"fragments that are too short", "0010000801. 001000200102 0010002003.", "01@0s", payload.Stats{Packets: 3, Corrupt: 1, Units: 1, Spoiled: 1}},
		{"interleaving", "0010000901.", "", payload.Stats{Packets: 1, Corrupt: 1}},
		{"a frame of nothing", "0010000001.", "", payload.Stats{Packets: 1, Corrupt: 1}},
		{"frames that are cut off", "002000180018010203.", "", payload.Stats{Packets: 1, Corrupt: 1}},
		{"a frame that is cut off", "0010000801. 0010001801.", "01@0s", payload.Stats{Packets: 2, Corrupt: 1, Units: 1}},
		{"two frames in a fragment", "0020000800080102", "", payload.Stats{Packets: 1, Corrupt: 1}},
		{"headers of another length", "000c000801.", "", payload.Stats{Packets: 1, Corrupt: 1}},
		{"headers that are cut off", "001000.", "", payload.Stats{Packets: 1, Corrupt: 1}},
		{"a byte", "00.", "", payload.Stats{Packets: 1, Corrupt: 1}},
		{"fragments without an end", "00100020" + strings.Repeat("ee", 5000) + " 00100020" + strings.Repeat("ee", 5000), "", payload.Stats{Packets: 2, Corrupt: 1, Spoiled: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := aac.NewDepacketizer(track(48000))
			var units []media.Unit
			var failed error
			for i, s := range strings.Fields(c.packets) {
				if s == "/" {
					continue
				}
				s, marker := strings.CutSuffix(s, ".")
				data, err := hex.DecodeString(s)
				if err != nil {
					t.Fatal(err)
				}
				units, err = d.Depacketize(units, &media.Packet{Header: rtp.Header{SequenceNumber: uint16(i), Marker: marker}, Payload: data})
				failed = errors.Join(failed, err)
			}
			var words []string
			for _, u := range units {
				words = append(words, hex.EncodeToString(u.AU[0])+"@"+u.PTS.String())
			}
			if got := strings.Join(words, " "); got != c.want || d.Stats() != c.stats {
				t.Errorf("got %q, %+v; want %q, %+v", got, d.Stats(), c.want, c.stats)
			}
			if (failed != nil) != (c.stats.Corrupt > 0) {
				t.Errorf("got the error %v", failed)
			}
		})
	}
}

// TestLengthOfFrames puts two frames into a packet: the second is as much later as the first one lasts.
func TestLengthOfFrames(t *testing.T) {
	for _, c := range []struct {
		track media.Track
		want  time.Duration
	}{
		{track(48000), time.Second * 1024 / 48000},
		{track(44100, 0x12, 0x10), time.Second * 1024 / 44100},
		{track(48000, 0x11, 0x94), time.Second * 960 / 48000}, // frameLengthFlag
		{track(48000, 0x2b, 0x11, 0x88, 0x00), time.Second * 1024 / 24000},
		{track(8000, 0xff), time.Second * 1024 / 8000}, // cannot be read
		{track(0), 0},
	} {
		var b payload.Batch
		if err := aac.NewPacketizer(c.track, payload.MinSize).Packetize(&b, &media.Unit{AU: [][]byte{make([]byte, 50), {1}, make([]byte, 60)}}); err != nil {
			t.Fatal(err)
		}
		if got := b.Payloads[1].PTS / 2; (got - c.want).Abs() > 1 {
			t.Errorf("%s %x: %s, want %s", c.track, c.track.Extra, got, c.want)
		}
	}
}

func ExampleNewDepacketizer() {
	d := aac.NewDepacketizer(track(44100))
	units, err := d.Depacketize(nil, &media.Packet{Header: rtp.Header{Marker: true}, Payload: []byte{0, 16, 0, 16, 0xca, 0xfe}})
	fmt.Printf("%x %v\n", units[0].AU, err)
	// Output: [cafe] <nil>
}
