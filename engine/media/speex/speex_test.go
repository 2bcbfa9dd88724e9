package speex_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/payload"
	"sluice/engine/media/speex"
)

// Frames as bits. Silence is 5 bits; mode 1 has 43, mode 8 has 79; layers of the wide band have 4 (silence) and 36.
const silence = "00000"

func narrow(mode, bits int) string {
	return fmt.Sprintf("0%04b", mode) + strings.Repeat("10", bits)[:bits-5]
}
func wide(mode, bits int) string {
	return fmt.Sprintf("1%03b", mode) + strings.Repeat("10", bits)[:bits-4]
}

// pack writes bits as bytes, the last filled with a zero and ones.
func pack(s string) []byte {
	for fill := "0"; len(s)%8 != 0; fill = "1" {
		s += fill
	}
	b := make([]byte, len(s)/8)
	for i, c := range s {
		b[i/8] |= byte(c-'0') << (7 - i%8)
	}
	return b
}

func bits(b []byte) string {
	var s strings.Builder
	for _, v := range b {
		fmt.Fprintf(&s, "%08b", v)
	}
	return s.String()
}

func TestDepacketize(t *testing.T) {
	one, eight := narrow(1, 43), narrow(8, 79)
	broad := narrow(3, 160) + wide(1, 36)
	for _, c := range []struct {
		name, payload string
		want          []string // as bits; nil: none
	}{
		{"a frame", one, []string{one}},
		{"three frames", one + eight + silence, []string{one, eight, silence}},
		{"all narrow modes", narrow(2, 119) + narrow(4, 220) + narrow(5, 300) + narrow(6, 364) + narrow(7, 492), []string{narrow(2, 119), narrow(4, 220), narrow(5, 300), narrow(6, 364), narrow(7, 492)}},
		{"the wide band", broad + broad, []string{broad, broad}},
		{"all wide modes", one + wide(2, 112) + one + wide(3, 192) + one + wide(4, 352) + one + "1000", []string{one + wide(2, 112), one + wide(3, 192), one + wide(4, 352), one + "1000"}},
		{"the ultra-wide band", broad + wide(1, 36) + one, []string{broad + wide(1, 36), one}},
		{"a terminator", one + one + "01111" + one, []string{one, one}},
		{"requests", one + "01110" + "0010" + "1010" + one + "01101" + "0001" + "0" + "10101010" + one, []string{one, "01110" + "0010" + "1010" + one, "01101" + "0001" + "0" + "10101010" + one}},
		{"whole bytes", narrow(3, 160) + narrow(3, 160), []string{narrow(3, 160), narrow(3, 160)}},
		{"cut off", one + one[:30], nil},
		{"a wide layer cut off", one + wide(4, 352)[:300], nil},
		{"no such mode", "01001" + one, nil},
		{"no such wide mode", one + "1111" + one, nil},
		{"a wide layer alone", wide(1, 36), nil},
		{"a terminator alone", "01111", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := speex.NewDepacketizer()
			units, err := d.Depacketize(nil, &media.Packet{Header: rtp.Header{SequenceNumber: 5}, PTS: time.Second, Payload: pack(c.payload)})
			if (err != nil) != (c.want == nil) || err != nil && !errors.Is(err, fault.MediaCorrupt) {
				t.Errorf("got the error %v", err)
			}
			if len(units) != len(c.want) {
				t.Fatalf("%d frames, want %d", len(units), len(c.want))
			}
			for i, u := range units {
				if got, want := bits(u.AU[0]), bits(pack(c.want[i])); got != want || u.PTS != time.Second+time.Duration(i)*20*time.Millisecond {
					t.Errorf("frame %d at %s: got %s, want %s", i, u.PTS, got, want)
				}
			}
		})
	}
}

func TestPacketize(t *testing.T) {
	one, eight := narrow(1, 43), narrow(8, 79)
	type unit struct {
		at int // in ms
		au []string
	}
	for _, c := range []struct {
		name  string
		size  int
		ptime time.Duration
		units []unit
		want  []string // bits, and when, and a dot for the marker
	}{
		{"every unit by itself", 64, 0, []unit{{0, []string{one}}, {20, []string{eight}}}, []string{one + "@0s.", eight + "@20ms"}},
		{"frames are joined", 64, 40 * time.Millisecond, []unit{{0, []string{one}}, {20, []string{eight}}, {40, []string{one}}}, []string{one + eight + "@0s.", one + "@40ms"}},
		{"in parts, too", 64, 0, []unit{{0, []string{one, eight}}}, []string{one + eight + "@0s."}},
		{"and cut", 64, 20 * time.Millisecond, []unit{{0, []string{one, eight + one}}}, []string{one + "@0s.", eight + "@20ms", one + "@40ms"}},
		{"the size is a limit", 64, 100 * time.Millisecond, []unit{{0, []string{narrow(6, 364)}}, {20, []string{narrow(2, 119)}}, {40, []string{narrow(6, 364)}}}, []string{narrow(6, 364) + narrow(2, 119) + "@0s.", narrow(6, 364) + "@40ms"}},
		{"a gap ends a packet", 64, 40 * time.Millisecond, []unit{{0, []string{one}}, {200, []string{eight}}, {220, []string{one}}}, []string{one + "@0s.", eight + one + "@200ms."}},
		{"as it is", 64, 40 * time.Millisecond, []unit{{0, []string{one + eight + "01111"}}}, []string{one + eight + "01111" + "@0s."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := speex.NewPacketizer(c.size, c.ptime)
			var b payload.Batch
			for _, u := range c.units {
				var au [][]byte
				for _, s := range u.au {
					au = append(au, pack(s))
				}
				if err := p.Packetize(&b, &media.Unit{PTS: time.Duration(u.at) * time.Millisecond, AU: au}); err != nil {
					t.Fatal(err)
				}
			}
			p.Flush(&b)
			if len(b.Payloads) != len(c.want) {
				t.Errorf("%d payloads, want %d", len(b.Payloads), len(c.want))
			}
			for i := range min(len(b.Payloads), len(c.want)) {
				one := b.Payloads[i]
				frames, when, _ := strings.Cut(c.want[i], "@")
				got := bits(one.Data) + "@" + one.PTS.String() + map[bool]string{true: "."}[one.Marker]
				if want := bits(pack(frames)) + "@" + when; got != want {
					t.Errorf("payload %d: got  %s\nwant %s", i, got, want)
				}
			}
		})
	}
}

func TestPacketizeReadsTheWholeUnit(t *testing.T) {
	p := speex.NewPacketizer(payload.MinSize, 40*time.Millisecond)
	for _, c := range []struct {
		au   [][]byte
		want fault.Code
	}{
		{[][]byte{pack(narrow(1, 43)), pack("01001" + silence)}, fault.MediaCorrupt},
		{[][]byte{pack(narrow(1, 43)[:30])}, fault.MediaCorrupt},
		{[][]byte{pack("01111")}, fault.MediaCorrupt},
		{nil, fault.MediaCorrupt},
		{[][]byte{pack(narrow(7, 492) + wide(4, 352))}, fault.CodecNotAvailable},
	} {
		var b payload.Batch
		if err := p.Packetize(&b, &media.Unit{AU: c.au}); fault.CodeOf(err) != c.want {
			t.Errorf("%x gives %v", c.au, err)
		}
		if p.Flush(&b); len(b.Payloads) > 0 {
			t.Errorf("%x leaves %d payloads", c.au, len(b.Payloads))
		}
	}
}
