package intake

import (
	"bytes"
	"slices"
	"testing"

	"github.com/pion/rtp"

	"sluice/engine/media"
)

// Parameter sets that were only announced come before each key picture that has none, once, and no number is given twice.
func TestParameters(t *testing.T) {
	sps, pps, own := []byte{0x67, 1}, []byte{0x68, 2}, []byte{0x67, 3}
	key, more := []byte{0x7c, 0x85, 4}, []byte{0x7c, 0x45, 5}
	track := media.NewTrack(media.H264)
	track.Extra = [][]byte{sps, pps}
	type in struct {
		stamp   uint32
		payload []byte
	}
	for _, row := range []struct {
		name string
		in   []in
		want [][]byte
	}{
		{"without", []in{{1, key}, {1, more}, {2, []byte{0x41}}, {3, key}}, [][]byte{sps, pps, key, more, {0x41}, sps, pps, key}},
		{"its own", []in{{1, own}, {1, pps}, {1, key}, {2, key}}, [][]byte{own, pps, key, sps, pps, key}},
		{"slices", []in{{0, []byte{0x65, 1}}, {0, []byte{0x65, 2}}}, [][]byte{sps, pps, {0x65, 1}, {0x65, 2}}},
		{"aggregated", []in{{1, []byte{24, 0, 2, 0x67, 3, 0, 1, 0x65}}}, [][]byte{{24, 0, 2, 0x67, 3, 0, 1, 0x65}}},
		{"nothing", []in{{1, nil}}, [][]byte{nil}},
	} {
		p := newParameters(track)
		var got []media.Packet
		for i, packet := range row.in {
			h := rtp.Header{SequenceNumber: uint16(65534 + i), Timestamp: packet.stamp, Marker: true}
			got = append(got, p.complete([]media.Packet{{Header: h, Payload: packet.payload}})...)
		}
		if !slices.EqualFunc(got, row.want, func(g media.Packet, w []byte) bool { return bytes.Equal(g.Payload, w) }) {
			t.Errorf("%s: %v", row.name, got)
		}
		for i, g := range got {
			ours := i+1 < len(got) && (bytes.Equal(g.Payload, sps) || bytes.Equal(g.Payload, pps)) && row.name != "its own"
			if g.Header.SequenceNumber != uint16(65534+i) || ours && g.Header.Marker {
				t.Errorf("%s: %+v is number %d", row.name, g.Header, i)
			}
		}
	}
}

// Others are left alone: other codecs, tracks that announce nothing, and sets that do not fit.
func TestNoParameters(t *testing.T) {
	plain, long, other := media.NewTrack(media.H264), media.NewTrack(media.H264), media.NewTrack(media.H265)
	long.Extra = [][]byte{make([]byte, largestSet+1), {0x68}}
	other.Extra = [][]byte{{0x40, 1}}
	for _, track := range []media.Track{plain, long, other} {
		list := []media.Packet{{Header: rtp.Header{SequenceNumber: 7, Marker: true}, Payload: []byte{0x65, 1}}}
		if got := newParameters(track).complete(list); len(got) != 1 || got[0].Header.SequenceNumber != 7 {
			t.Errorf("%v: %v", track.Codec, got)
		}
	}
}
