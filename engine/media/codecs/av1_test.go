package codecs_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v5/pkg/format/rtpav1"
	"github.com/pion/rtp"
	pion "github.com/pion/rtp/codecs"

	"sluice/engine/enginetest/program"
	"sluice/engine/media"
	"sluice/engine/media/codecs"
)

// encodedAV1 gives temporal units of libaom without delimiters, and the pictures in them. GStreamer 1.22 has no RTP for
// AV1, so pion and gortsplib are the peers.
func encodedAV1(t *testing.T) (units []media.Unit, decoded []byte) {
	t.Helper()
	program.Need(t, "gst-launch-1.0")
	dir := t.TempDir()
	launch(t, video+"av1enc cpu-used=8 usage-profile=realtime keyframe-max-dist=6 lag-in-frames=0 target-bitrate=2000"+
		" ! av1parse ! video/x-av1,stream-format=obu-stream,alignment=tu ! tee name=t t. ! queue ! filesink location="+
		filepath.Join(dir, "encoded")+" t. ! queue ! av1dec"+i420+" ! filesink location="+filepath.Join(dir, "decoded"))
	for i, unit := range bytes.Split(read(t, filepath.Join(dir, "encoded")), []byte{2<<3 | 2, 0})[1:] {
		units = append(units, media.Unit{PTS: time.Duration(i) * 40 * time.Millisecond, AU: [][]byte{unit}})
	}
	if len(units) != 12 {
		t.Fatalf("%d temporal units, 12 wanted", len(units))
	}
	return units, read(t, filepath.Join(dir, "decoded"))
}

func TestAV1(t *testing.T) {
	units, decoded := encodedAV1(t)
	for _, size := range []int{64, 101, 200, 1200, 9000} {
		t.Run(fmt.Sprintf("size=%d", size), func(t *testing.T) {
			packetizer, err := codecs.NewPacketizer(media.NewTrack(media.AV1), codecs.Packing{Size: size})
			if err != nil {
				t.Fatal(err)
			}
			packets := number(cut(t, packetizer, units), 90000)
			t.Run("ours", func(t *testing.T) { sameUnits(t, gatherAV1(t, packets), units) })
			t.Run("pion", func(t *testing.T) { sameUnits(t, gatherPion(t, packets), units) })
			t.Run("gortsplib", func(t *testing.T) { sameUnits(t, gatherGortsplib(t, packets), units) })
			t.Run("from pion", func(t *testing.T) { sameUnits(t, gatherAV1(t, packetsOfPion(units, size)), units) })
		})
	}
	t.Run("decoded", func(t *testing.T) {
		packetizer, err := codecs.NewPacketizer(media.NewTrack(media.AV1), codecs.Packing{Size: 200})
		if err != nil {
			t.Fatal(err)
		}
		playAV1(t, gatherAV1(t, number(cut(t, packetizer, units), 90000)), decoded)
	})
}

func gatherAV1(t *testing.T, packets []media.Packet) []media.Unit {
	t.Helper()
	d, err := codecs.NewDepacketizer(media.NewTrack(media.AV1), 0)
	if err != nil {
		t.Fatal(err)
	}
	return gather(t, d, packets)
}

// playAV1 has GStreamer decode units one buffer each, as they cross to it: with no delimiters.
func playAV1(t *testing.T, units []media.Unit, want []byte) {
	t.Helper()
	dir := t.TempDir()
	for i, u := range units {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("unit%03d", i)), u.AU[0], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, parse := range []string{"", "av1parse ! "} {
		launch(t, "multifilesrc location="+filepath.Join(dir, "unit%03d")+
			" caps=video/x-av1,stream-format=obu-stream,alignment=tu,framerate=25/1,width=160,height=120 ! "+parse+"av1dec"+i420+
			" ! filesink location="+filepath.Join(dir, "played"))
		if got := read(t, filepath.Join(dir, "played")); len(got) != 12*pictureSize || !bytes.Equal(got, want) {
			t.Errorf("with %q: %d bytes decoded, %d wanted, or not the same", parse, len(got), len(want))
		}
	}
}

func sameUnits(t *testing.T, got, want []media.Unit) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d units, %d wanted", len(got), len(want))
	}
	for i := range got {
		if !bytes.Equal(bytes.Join(got[i].AU, nil), bytes.Join(want[i].AU, nil)) || (got[i].PTS-want[i].PTS).Abs() > time.Millisecond {
			t.Errorf("unit %d: %d bytes at %s, %d at %s wanted, or not the same", i, got[i].Bytes(), got[i].PTS, want[i].Bytes(), want[i].PTS)
		}
		if got[i].Key != (i%6 == 0) {
			t.Errorf("unit %d: key %v", i, got[i].Key)
		}
	}
}

func gatherPion(t *testing.T, packets []media.Packet) (units []media.Unit) {
	t.Helper()
	var d pion.AV1Depacketizer
	u := media.Unit{AU: [][]byte{nil}}
	for i, p := range packets {
		data, err := d.Unmarshal(p.Payload)
		if err != nil {
			t.Fatalf("packet %d: %v", i, err)
		}
		u.PTS, u.AU[0], u.Key = p.PTS, append(u.AU[0], data...), u.Key || d.N
		if p.Header.Marker {
			units, u = append(units, u), media.Unit{AU: [][]byte{nil}}
		}
	}
	return units
}

// gatherGortsplib puts the sizes back that its decoder leaves out.
func gatherGortsplib(t *testing.T, packets []media.Packet) (units []media.Unit) {
	t.Helper()
	var d rtpav1.Decoder
	key := false
	for i, p := range packets {
		key = key || p.Payload[0]&0x08 != 0
		obus, err := d.Decode(&rtp.Packet{Header: p.Header, Payload: p.Payload})
		if errors.Is(err, rtpav1.ErrMorePacketsNeeded) {
			continue
		} else if err != nil {
			t.Fatalf("packet %d: %v", i, err)
		}
		units = append(units, media.Unit{PTS: p.PTS, Key: key, AU: [][]byte{withSizes(obus)}})
		key = false
	}
	return units
}

func withSizes(obus [][]byte) (b []byte) {
	for _, o := range obus {
		b = append(b, o[0]|2)
		n := len(o) - 1
		for ; n > 127; n >>= 7 {
			b = append(b, byte(n)|0x80)
		}
		b = append(append(b, byte(n)), o[1:]...)
	}
	return b
}

func packetsOfPion(units []media.Unit, size int) []media.Packet {
	var p pion.AV1Payloader
	var all []media.Packet
	for _, u := range units {
		payloads := p.Payload(uint16(size), u.AU[0])
		for i, data := range payloads {
			all = append(all, media.Packet{
				Header:  rtp.Header{Version: 2, SequenceNumber: uint16(len(all)), Timestamp: uint32(u.PTS / 1000), Marker: i == len(payloads)-1},
				Payload: data, PTS: u.PTS,
			})
		}
	}
	return all
}
