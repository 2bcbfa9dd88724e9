package forms

import (
	"math"
	"slices"
	"testing"
	"time"

	"sluice/engine/media"
	"sluice/engine/media/payload"
)

// TestThereAndBack: units that packets made, cut and gathered again, are the same.
func TestThereAndBack(t *testing.T) {
	for file, track := range map[string]media.Track{"bframes.rtp": h264(), "vp8.rtp": media.NewTrack(media.VP8)} {
		units := assemble(new(bench).assembler(t, track), load(t, file))
		packets := new(bench).packetiser(t, track).Make(pointers(units))
		for i := range packets {
			packets[i].Arrival = epoch
			if h := packets[i].Header; i > 0 && h.SequenceNumber != packets[i-1].Header.SequenceNumber+1 || h.Timestamp != ticks(packets[i].PTS, 90000) {
				t.Errorf("%s: packet %d has the header %+v", file, i, h)
			}
		}
		again := assemble(new(bench).assembler(t, track), pointers(packets))
		if !slices.EqualFunc(again, units, func(a, b media.Unit) bool { return same(&a, &b) && a.DTS == b.DTS }) {
			t.Errorf("%s: %d units came back of %d", file, len(again), len(units))
		}
	}
}

func TestPacketsOfAFrameHaveOneSize(t *testing.T) {
	vp9 := append([]byte{0x82, 0x49, 0x83, 0x42, 0, 9, 0xf0, 7, 0x70}, make([]byte, 9000)...)
	slice := append([]byte{0x65, 0x88}, make([]byte, 9000)...)
	hevc := append([]byte{38, 1, 0xaf}, make([]byte, 9000)...)
	for codec, au := range map[media.Codec][][]byte{
		media.VP8: {append([]byte{0x50}, make([]byte, 9000)...)}, media.VP9: {vp9}, media.H264: {slice}, media.H265: {hevc},
		media.AV1: {append([]byte{6<<3 | 2, 0xa8, 0x46, 0x10}, make([]byte, 8999)...)},
	} {
		packets := new(bench).packetiser(t, media.NewTrack(codec)).Make([]*media.Unit{{Key: true, AU: au}})
		if len(packets) != 8 {
			t.Errorf("%s: %d packets", codec, len(packets))
		}
		for i, p := range packets {
			if last := i == len(packets)-1; len(p.Payload) != payload.DefaultSize && !last || p.Header.Marker != last || p.Header.Version != 2 {
				t.Errorf("%s: packet %d of %d has %d bytes, marker %v", codec, i, len(packets), len(p.Payload), p.Header.Marker)
			}
		}
	}
}

func TestParameterSetsAreSentBeforeKeyFrames(t *testing.T) {
	track := h264()
	track.FMTP = nil
	sps, pps := []byte{0x67, 1, 2, 3}, []byte{0x68, 1, 2}
	track.Extra = [][]byte{sps, pps}
	b := &bench{}
	packets := b.packetiser(t, track).Make([]*media.Unit{{Key: true, AU: [][]byte{{0x65, 0x88}}}, {AU: [][]byte{{0x41, 0x9a}}}})
	if len(packets) != 2 || packets[0].Payload[0]&0x1f != 24 || len(packets[0].Payload) != 1+3*2+4+3+2 || packets[1].Payload[0] != 0x41 {
		t.Errorf("got %+v", packets)
	}
}

func TestVideoThatCannotBeCutGoesOnAtAKeyFrame(t *testing.T) {
	b := &bench{}
	m := b.packetiser(t, media.NewTrack(media.VP8))
	good, bad, key := &media.Unit{AU: [][]byte{{0x51}}}, &media.Unit{}, &media.Unit{Key: true, AU: [][]byte{{0x50}}}
	packets := m.Make([]*media.Unit{key, good, bad, good, good, key, good})
	if len(packets) != 4 || b.asked != 2 || b.stats.Snapshot().Drops["corrupt"] != 1 || b.stats.Snapshot().Drops["await_key"] != 2 {
		t.Errorf("%d packets, %d key frames wanted, %v", len(packets), b.asked, b.stats.Snapshot().Drops)
	}
	if m.Make(nil) != nil || m.Flush() != nil {
		t.Error("something is left")
	}
}

func TestAudioIsCutIntoEvenPackets(t *testing.T) {
	m := new(bench).packetiser(t, media.NewTrack(media.PCMU))
	var packets []media.Packet
	for i := range 10 { // of 25 ms
		packets = append(packets, m.Make([]*media.Unit{{PTS: time.Duration(i) * 25 * time.Millisecond, AU: [][]byte{make([]byte, 200)}}})...)
	}
	packets = append(packets, m.Flush()...)
	if len(packets) != 13 || len(packets[12].Payload) != 80 {
		t.Fatalf("%d packets", len(packets))
	}
	for i, p := range packets {
		if p.Header.Timestamp != uint32(160*i) || i < 12 && len(p.Payload) != 160 {
			t.Errorf("packet %d has %d bytes at %d", i, len(p.Payload), p.Header.Timestamp)
		}
	}
}

func TestTicks(t *testing.T) {
	day := 24 * time.Hour
	for _, row := range []struct {
		at   time.Duration
		rate int64
		want uint32
	}{
		{0, 90000, 0},
		{time.Second, 90000, 90000},
		{33333333 * time.Nanosecond, 90000, 3000},
		{-time.Second / 3, 90000, math.MaxUint32 - 30000 + 1},
		{20 * time.Millisecond, 48000, 960},
		{30 * day, 90000, uint32(30 * 86400 * 90000 % (1 << 32))},
	} {
		if got := ticks(row.at, row.rate); got != row.want {
			t.Errorf("%v at %d Hz is %d, want %d", row.at, row.rate, got, row.want)
		}
	}
}
