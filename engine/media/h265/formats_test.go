package h265_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/pion/rtp"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/h265"
	"sluice/engine/media/payload"
)

var (
	vps   = []byte{0x40, 1, 7}
	sps   = []byte{0x42, 1, 8}
	pps   = []byte{0x44, 1, 9}
	idr   = []byte{0x26, 1, 0xa0, 1}
	inter = []byte{0x02, 2, 0xa0, 2}
	aud   = []byte{0x46, 1, 0x50}
)

func show(b *payload.Batch) string {
	words := make([]string, len(b.Payloads))
	for i, p := range b.Payloads {
		words[i] = hex.EncodeToString(p.Data)
		if p.Marker {
			words[i] += "."
		}
	}
	return strings.Join(words, " ")
}

func TestPacketize(t *testing.T) {
	sets := [][]byte{vps, sps, pps}
	for _, c := range []struct {
		name string
		sets [][]byte
		au   [][]byte
		want string
	}{
		{"one NAL unit", nil, [][]byte{inter}, "0202a002."},
		{"an aggregate has the lowest IDs", nil, [][]byte{{0x02, 0x0b, 0xa0}, {0x02, 0x12, 0x20}}, "600a" + "0003020ba0" + "0003021220."},
		{"delimiters and what is too short are left out", nil, [][]byte{aud, {1}, inter, nil}, "0202a002."},
		{"a delimiter alone is nothing", nil, [][]byte{aud}, ""},
		{
			"fragments keep layer, temporal ID and type", nil, [][]byte{append([]byte{0x27, 2}, bytes.Repeat([]byte{0xaa}, 61+2)...)},
			"630293" + strings.Repeat("aa", 61) + " 630253aaaa.",
		},
		{"an IDR without parameter sets gets them", sets, [][]byte{idr}, "6001" + "0003400107" + "0003420108" + "0003440109" + "00042601a001."},
		{"others need none", sets, [][]byte{inter}, "0202a002."},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b payload.Batch
			if err := h265.NewPacketizer(payload.MinSize, c.sets).Packetize(&b, &media.Unit{AU: c.au}); err != nil {
				t.Fatal(err)
			}
			if got := show(&b); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestDepacketize(t *testing.T) {
	sets := [][]byte{vps, sps, pps}
	for _, c := range []struct {
		name, payloads string
		sets           [][]byte
		want           [][]byte
		key, bad       bool
	}{
		{"a slice", "0202a002.", nil, [][]byte{inter}, false, false},
		{"an aggregate", "6001" + "0003400107" + "0003420108" + "0003440109" + "00042601a001.", nil, [][]byte{vps, sps, pps, idr}, true, false},
		{"fragments", "620293a0 62021301 62025302.", sets, [][]byte{vps, sps, pps, {0x26, 2, 0xa0, 1, 2}}, true, false},
		{"parameter sets from outside", "2601a001.", sets, [][]byte{vps, sps, pps, idr}, true, false},
		{"a delimiter is left out", "460150 0202a002.", nil, [][]byte{inter}, false, false},
		{"an IDR that nothing can be known of is not begun with", "2601a001.", nil, nil, false, false},
		{"the second slice of a picture is not begun with", "02022002.", nil, nil, false, false},
		{"a fragment without a beginning", "460150 62020101 62024102.", nil, nil, false, true},
		{"a fragment without an end", "620281a0 0202a002.", nil, nil, false, true},
		{"a fragment that ends with the unit", "620281a0 62020101.", nil, nil, false, true},
		{"a lost fragment", "460150 620281a0 / 62024102.", nil, nil, false, false},
		{"an aggregate that is cut off", "460150 600100ff40.", nil, nil, false, true},
		{"a PACI packet", "460150 6401000001.", nil, nil, false, true},
		{"a byte", "460150 02.", nil, nil, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := h265.NewDepacketizer(c.sets, 0)
			var units []media.Unit
			var failed error
			for i, s := range strings.Fields(c.payloads) {
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
			if (failed != nil) != c.bad || failed != nil && !errors.Is(failed, fault.MediaCorrupt) {
				t.Errorf("got the error %v", failed)
			}
			if len(units) == 0 && c.want == nil {
				if s := d.Stats(); s.Spoiled != 1 {
					t.Errorf("%+v", s)
				}
				return
			}
			if len(units) != 1 || !slices.EqualFunc(units[0].AU, c.want, bytes.Equal) || units[0].Key != c.key {
				t.Fatalf("got %v, want %x, key %v", units, c.want, c.key)
			}
		})
	}
}
