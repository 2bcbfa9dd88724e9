package av1_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/pion/rtp"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/av1"
	"sluice/engine/media/payload"
)

func TestPacketize(t *testing.T) {
	const delimiter, sequence, padding = "1200", "0a020102", "7a01ff"
	for _, c := range []struct{ name, unit, want string }{
		{"sizes become lengths", "3202ee01" + "3202ee02", "00" + "0330ee01" + "0330ee02."},
		{"a new sequence", sequence + "32021001", "08" + "03080102" + "03301001."},
		{"a sequence header that is repeated", sequence + "32023001", "00" + "03080102" + "03303001."},
		{"delimiters, padding and tile lists are left out", delimiter + "3202ee01" + padding + "4201ff", "000330ee01."},
		{"a delimiter alone is nothing", delimiter, ""},
		{"a sequence header begins a packet", "3202ee01" + sequence, "000330ee01 0003080102."},
		{"layers have packets of their own", "3600" + "01ee" + "3608" + "01ee" + "3608" + "01ee", "00033400ee 00033408ee033408ee."},
		{"the last OBU may have no size", "3202ee01" + "30ee02", "00" + "0330ee01" + "0330ee02."},
		{"what fills packets needs no length", "327e" + strings.Repeat("ee", 126), "5030" + strings.Repeat("ee", 62) + " d0" + strings.Repeat("ee", 63) + " 8001ee."},
		{"an OBU that ends with its packet goes on nowhere", "323d" + strings.Repeat("ee", 61) + "3202ee01", "003e30" + strings.Repeat("ee", 61) + " 000330ee01."},
		{"nor one that leaves a byte", "323c" + strings.Repeat("ee", 60) + "3202ee01", "003d30" + strings.Repeat("ee", 60) + " 000330ee01."},
	} {
		t.Run(c.name, func(t *testing.T) {
			data, err := hex.DecodeString(c.unit)
			if err != nil {
				t.Fatal(err)
			}
			var b payload.Batch
			if err := av1.NewPacketizer(payload.MinSize).Packetize(&b, &media.Unit{AU: [][]byte{data}}); err != nil {
				t.Fatal(err)
			}
			words := make([]string, len(b.Payloads))
			for i, p := range b.Payloads {
				words[i] = hex.EncodeToString(p.Data)
				if p.Marker {
					words[i] += "."
				}
			}
			if got := strings.Join(words, " "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestPacketizeReadsTheWholeUnit(t *testing.T) {
	var b payload.Batch
	for _, unit := range [][]byte{{0x32, 5, 1}, {0x80, 0}, {0x36}, {0x32}, {0x32, 0xff, 0xff, 0xff}} {
		err := av1.NewPacketizer(payload.MinSize).Packetize(&b, &media.Unit{AU: [][]byte{{0x32, 1, 1}, unit}})
		if !errors.Is(err, fault.MediaCorrupt) || len(b.Payloads) > 0 {
			t.Errorf("%x gives %v and %d payloads", unit, err, len(b.Payloads))
		}
	}
}

func TestDepacketize(t *testing.T) {
	for _, c := range []struct {
		name, packets, want string // the last has the marker
		key, bad            bool
	}{
		{"a new sequence", "0803080102" + "03301001", "0a020102" + "32021001", true, false},
		{"delimiters are left out", "08" + "0110" + "03080102" + "03301001", "0a020102" + "32021001", true, false},
		{"sizes within", "08" + "030a0101" + "0330ee01", "0a0101" + "3202ee01", false, false},
		{"pieces", "0803080102 5030100102 901003", "0a020102" + "3205100102" + "1003", true, false},
		{"a unit is not entered in its midst", "103001", "", false, false},
		{"nor in an OBU", "903001", "", false, false},
		{"a piece without a beginning", "0803080102 903001", "", false, true},
		{"a piece without an end", "0803080102 503010 103001", "", false, true},
		{"a unit without an end", "0803080102 503010", "", false, true},
		{"an OBU that is cut off", "08ff0801", "", false, true},
		{"a header alone", "0803080102 08", "", false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := av1.NewDepacketizer(0)
			var units []media.Unit
			var failed error
			packets := strings.Fields(c.packets)
			for i, s := range packets {
				data, err := hex.DecodeString(s)
				if err != nil {
					t.Fatal(err)
				}
				h := rtp.Header{SequenceNumber: uint16(i), Marker: i == len(packets)-1}
				units, err = d.Depacketize(units, &media.Packet{Header: h, Payload: data})
				failed = errors.Join(failed, err)
			}
			if (failed != nil) != c.bad {
				t.Errorf("got the error %v", failed)
			}
			if c.want == "" {
				if len(units) > 0 || d.Stats().Spoiled != 1 {
					t.Errorf("got %v, %+v", units, d.Stats())
				}
				return
			}
			if want, _ := hex.DecodeString(c.want); len(units) != 1 || len(units[0].AU) != 1 || !bytes.Equal(units[0].AU[0], want) || units[0].Key != c.key {
				t.Errorf("got %v, want %x", units, want)
			}
		})
	}
}
