package h264_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/h264"
	"sluice/engine/media/payload"
)

var (
	sps   = []byte{0x67, 0x42, 0, 0x1e}
	pps   = []byte{0x68, 0xce}
	idr   = []byte{0x65, 0x88, 1, 2, 3}
	inter = []byte{0x41, 0x9a, 4, 5}
	sei   = []byte{0x06, 5, 1, 9, 0x80}
	point = []byte{0x06, 6, 1, 0x84, 0x80}
	aud   = []byte{0x09, 0x10}
)

func unit(au ...[]byte) *media.Unit { return &media.Unit{PTS: time.Second, AU: au} }

// show writes payloads as hex, a dot behind the marker.
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

func long(header byte, n int) []byte {
	nal := bytes.Repeat([]byte{0xaa}, n)
	nal[0] = header
	return nal
}

func TestPacketize(t *testing.T) {
	fu := func(header string, n int) string { return header + strings.Repeat("aa", n) }
	for _, c := range []struct {
		name   string
		single bool
		sets   [][]byte
		unit   *media.Unit
		want   string
	}{
		{"one NAL unit", false, nil, unit(inter), "419a0405."},
		{"a STAP-A has the highest NRI", false, nil, unit(sei, inter), "58" + "0005" + "0605010980" + "0004" + "419a0405."},
		{"mode 0 aggregates nothing", true, nil, unit(sei, inter), "0605010980 419a0405."},
		{"delimiters are left out", false, nil, unit(aud, inter, []byte{12, 0xff}, nil), "419a0405."},
		{"between others, too", false, nil, unit(sei, aud, inter), "58" + "0005" + "0605010980" + "0004" + "419a0405."},
		{"a delimiter alone is nothing", false, nil, unit(aud), ""},
		{"fragments keep NRI and type", false, nil, unit(long(0x65, 1+62+62+2)), fu("7c85", 62) + " " + fu("7c05", 62) + " " + fu("7c45", 2) + "."},
		{"an IDR without parameter sets gets them", true, [][]byte{sps, pps}, unit(idr), "6742001e 68ce 6588010203."},
		{"so does a recovery point", true, [][]byte{sps, pps}, unit(point, inter), "6742001e 68ce 0606018480 419a0405."},
		{"an IDR with them keeps its own", true, [][]byte{sps, pps}, unit(sps, pps, idr), "6742001e 68ce 6588010203."},
		{"others need none", true, [][]byte{sps, pps}, unit(inter), "419a0405."},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b payload.Batch
			if err := h264.NewPacketizer(payload.MinSize, c.single, c.sets).Packetize(&b, c.unit); err != nil {
				t.Fatal(err)
			}
			if got := show(&b); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			for _, p := range b.Payloads {
				if p.PTS != time.Second {
					t.Errorf("a payload at %s", p.PTS)
				}
			}
		})
	}
}

func TestMode0RefusesWhatItCannotCut(t *testing.T) {
	var b payload.Batch
	p := h264.NewPacketizer(payload.MinSize, true, nil)
	if err := p.Packetize(&b, unit(sei, long(0x65, 65))); !errors.Is(err, fault.CodecNotAvailable) || len(b.Payloads) > 0 {
		t.Errorf("%v with %d payloads", err, len(b.Payloads))
	}
	if err := p.Packetize(&b, unit(long(0x65, 64))); err != nil || len(b.Payloads) != 1 {
		t.Errorf("%v with %d payloads", err, len(b.Payloads))
	}
}

// gather depacketizes payloads written as hex, a dot behind the marker, "/" for one that is lost.
func gather(sets [][]byte, payloads string) (units []media.Unit, d payload.Depacketizer, err error) {
	d = h264.NewDepacketizer(sets, 0)
	for i, s := range strings.Fields(payloads) {
		if s == "/" {
			continue
		}
		s, marker := strings.CutSuffix(s, ".")
		data, bad := hex.DecodeString(s)
		if bad != nil {
			return nil, d, bad
		}
		var e error
		units, e = d.Depacketize(units, &media.Packet{Header: rtp.Header{SequenceNumber: uint16(i), Timestamp: 9, Marker: marker}, Payload: data})
		err = errors.Join(err, e)
	}
	return units, d, err
}

func TestDepacketize(t *testing.T) {
	sets := [][]byte{sps, pps}
	for _, c := range []struct {
		name, payloads string
		sets           [][]byte
		want           [][]byte // nil: none
		key, recovery  bool
		bad            bool
	}{
		{"a slice", "419a0405.", nil, [][]byte{inter}, false, false, false},
		{"an aggregate", "780004" + "6742001e" + "0002" + "68ce" + "0005" + "6588010203.", nil, [][]byte{sps, pps, idr}, true, false, false},
		{"fragments", "7c858801 7c0502 7c4503.", sets, [][]byte{sps, pps, {0x65, 0x88, 1, 2, 3}}, true, false, false},
		{"parameter sets from outside", "6588010203.", sets, [][]byte{sps, pps, idr}, true, false, false},
		{"a delimiter is left out", "0910 419a0405.", nil, [][]byte{inter}, false, false, false},
		{"a recovery point", "0910 0606018480 419a0405.", nil, [][]byte{point, inter}, true, true, false},
		{"start codes within", "0910 00000001" + "41aa" + "00000001" + "41bb.", nil, [][]byte{{0x41, 0xaa}, {0x41, 0xbb}}, false, false, false},
		{"an IDR that nothing can be known of is not begun with", "6588010203.", nil, nil, false, false, false},
		{"the second slice of a picture is not begun with", "411a0405.", nil, nil, false, false, false},
		{"a fragment without a beginning", "0910 7c0501 7c4502.", nil, nil, false, false, true},
		{"a fragment without an end", "7c8188 419a0405.", nil, nil, false, false, true},
		{"a fragment that ends with the unit", "7c8188 7c0101.", nil, nil, false, false, true},
		{"a fragment that begins twice", "7c8188 7c8101 7c4101.", nil, nil, false, false, true},
		{"a lost fragment", "0910 7c8188 / 7c4101.", nil, nil, false, false, false},
		{"an aggregate that is cut off", "0910 7800ff67.", nil, nil, false, false, true},
		{"mode 2", "0910 990000 0004.", nil, nil, false, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			units, d, err := gather(c.sets, c.payloads)
			if (err != nil) != c.bad || err != nil && !errors.Is(err, fault.MediaCorrupt) {
				t.Errorf("got the error %v", err)
			}
			if len(units) == 0 && c.want == nil {
				if s := d.Stats(); s.Spoiled != 1 {
					t.Errorf("%+v", s)
				}
				return
			}
			if len(units) != 1 || !slices.EqualFunc(units[0].AU, c.want, bytes.Equal) {
				t.Fatalf("got %v, want %x", units, c.want)
			}
			if units[0].Key != c.key || units[0].Recovery != c.recovery {
				t.Errorf("key %v, recovery %v", units[0].Key, units[0].Recovery)
			}
		})
	}
}
