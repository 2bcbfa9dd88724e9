package codecs_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sluice/engine/media"
	"sluice/engine/media/codecs"
	"sluice/engine/media/payload"
)

// source makes units as an encoder does, in the parts that come out again.
type source struct {
	track media.Track
	unit  func(t *rapid.T, key bool) [][]byte
	every time.Duration
}

func bytesOf(t *rapid.T, least, most int, head ...byte) []byte {
	n := rapid.IntRange(max(least-len(head), 0), most).Draw(t, "size")
	seed := rapid.Byte().Draw(t, "seed")
	b := append([]byte(nil), head...)
	for i := range n {
		b = append(b, byte(i*7+int(seed))%255+1) // no zeros: no start codes
	}
	return b
}

func sources() []source {
	return []source{
		{track(media.H264, fmtp("packetization-mode", "1")), h264Unit, 40 * time.Millisecond},
		{track(media.H265, nil), h265Unit, 40 * time.Millisecond},
		{track(media.VP8, nil), func(t *rapid.T, key bool) [][]byte {
			return [][]byte{bytesOf(t, 1, 4000, 0x10|byte(btoi(!key)))}
		}, 40 * time.Millisecond},
		{track(media.VP9, nil), func(t *rapid.T, key bool) [][]byte {
			if key {
				return [][]byte{bytesOf(t, 20, 4000, 0x82, 0x49, 0x83, 0x42, 0, 9, 0xf0, 7, 0x70)}
			}
			return [][]byte{bytesOf(t, 1, 4000, rapid.SampledFrom([]byte{0x86, 0x88}).Draw(t, "head"))}
		}, 40 * time.Millisecond},
		{track(media.AV1, nil), av1Unit, 40 * time.Millisecond},
		{track(media.AAC, clock(48000)), func(t *rapid.T, _ bool) [][]byte {
			return [][]byte{bytesOf(t, 1, 3000)}
		}, time.Second * 1024 / 48000},
		{track(media.G729, nil), func(*rapid.T, bool) [][]byte { return [][]byte{run(1, 10)} }, 10 * time.Millisecond},
		{track(media.Opus, nil), func(t *rapid.T, _ bool) [][]byte { return [][]byte{bytesOf(t, 1, 60, 0x78)} }, 20 * time.Millisecond},
	}
}

func h264Unit(t *rapid.T, key bool) (au [][]byte) {
	slice := byte(0x61)
	if key {
		au, slice = append(au, bytesOf(t, 4, 20, 0x67), bytesOf(t, 2, 10, 0x68)), 0x65
	}
	if rapid.Bool().Draw(t, "sei") {
		au = append(au, bytesOf(t, 3, 30, 0x06, 5)) // no recovery point
	}
	au = append(au, bytesOf(t, 2, 3000, slice, 0x88))
	for range rapid.IntRange(0, 4).Draw(t, "slices") {
		au = append(au, bytesOf(t, 2, 1500, slice, 0x48))
	}
	return au
}

func h265Unit(t *rapid.T, key bool) (au [][]byte) {
	slice := byte(1 << 1)
	if key {
		au, slice = append(au, bytesOf(t, 4, 20, 32<<1, 1), bytesOf(t, 4, 20, 33<<1, 1), bytesOf(t, 4, 10, 34<<1, 1)), 19<<1
	}
	au = append(au, bytesOf(t, 3, 3000, slice, 1, 0x88))
	for range rapid.IntRange(0, 4).Draw(t, "slices") {
		au = append(au, bytesOf(t, 3, 1500, slice, 1, 0x48))
	}
	return au
}

func av1Unit(t *rapid.T, key bool) (au [][]byte) {
	add := func(header, extension byte, body []byte) {
		obu := []byte{header | 2}
		if header&4 != 0 {
			obu = append(obu, extension)
		}
		au = append(au, append(binary.AppendUvarint(obu, uint64(len(body))), body...))
	}
	first := byte(0x30)
	if key {
		add(1<<3, 0, bytesOf(t, 5, 15))
		first = 0x10
	}
	add(6<<3, 0, bytesOf(t, 2, 3000, first))
	for range rapid.IntRange(0, 4).Draw(t, "layers") {
		add(6<<3|4, rapid.SampledFrom([]byte{0x20, 0x28}).Draw(t, "layer"), bytesOf(t, 1, 300, 0x30))
	}
	return [][]byte{bytes.Join(au, nil)}
}

func draw(t *rapid.T, s source) (units []media.Unit, packets []media.Packet) {
	for i := range rapid.IntRange(1, 8).Draw(t, "units") {
		// Every frame of audio is one to begin with; of video, a stream begins with one.
		key := i == 0 || s.track.Kind == media.Audio || rapid.Bool().Draw(t, "key")
		au := s.unit(t, key)
		units = append(units, media.Unit{PTS: time.Duration(i) * s.every, Key: key, AU: au})
	}
	p, err := codecs.NewPacketizer(s.track, codecs.Packing{Size: rapid.IntRange(payload.MinSize, 1500).Draw(t, "mtu")})
	if err != nil {
		t.Fatal(err)
	}
	var b payload.Batch
	for i := range units {
		if err := p.Packetize(&b, &units[i]); err != nil {
			t.Fatal(err)
		}
	}
	p.Flush(&b)
	return units, number(b.Payloads, int(s.track.ClockRate))
}

// TestRoundTrip cuts random units and gathers them again.
func TestRoundTrip(t *testing.T) {
	for _, s := range sources() {
		t.Run(string(s.track.Codec), rapid.MakeCheck(func(t *rapid.T) {
			units, packets := draw(t, s)
			d, err := codecs.NewDepacketizer(s.track, 0)
			if err != nil {
				t.Fatal(err)
			}
			var got []media.Unit
			for i := range packets {
				if got, err = d.Depacketize(got, &packets[i]); err != nil {
					t.Fatal(err)
				}
			}
			if len(got) != len(units) {
				t.Fatalf("%d units of %d", len(got), len(units))
			}
			for i := range got {
				if got[i].Key != units[i].Key || got[i].PTS != units[i].PTS || !slices.EqualFunc(got[i].AU, units[i].AU, bytes.Equal) {
					t.Fatalf("unit %d: %d bytes in %d parts, key %v, at %s; want %d in %d, %v, at %s", i, got[i].Bytes(), len(got[i].AU),
						got[i].Key, got[i].PTS, units[i].Bytes(), len(units[i].AU), units[i].Key, units[i].PTS)
				}
			}
		}))
	}
}

// TestLoss drops and repeats random packets: no unit is delivered of which a slice is missing, and none is lost of which
// nothing is missing and that comes behind one that is whole.
func TestLoss(t *testing.T) {
	for _, s := range sources() {
		t.Run(string(s.track.Codec), rapid.MakeCheck(func(t *rapid.T) {
			units, packets := draw(t, s)
			d, err := codecs.NewDepacketizer(s.track, 0)
			if err != nil {
				t.Fatal(err)
			}
			whole := map[time.Duration]bool{}
			var got []media.Unit
			lost := uint64(0)
			for i := range packets {
				if _, seen := whole[packets[i].PTS]; !seen {
					whole[packets[i].PTS] = true
				}
				switch rapid.SampledFrom([]string{"", "", "", "", "", "", "lose", "twice"}).Draw(t, "packet") {
				case "lose":
					whole[packets[i].PTS] = false
					if i > 0 && i < len(packets)-1 {
						lost++
					}
					continue
				case "twice":
					if got, err = d.Depacketize(got, &packets[i]); err != nil {
						t.Fatal(err)
					}
				}
				if got, err = d.Depacketize(got, &packets[i]); err != nil {
					t.Fatal(err)
				}
			}
			for i := range got {
				want := units[slices.IndexFunc(units, func(u media.Unit) bool { return u.PTS == got[i].PTS })]
				if !bytes.Equal(coded(s.track.Codec, got[i].AU), coded(s.track.Codec, want.AU)) {
					t.Fatalf("the unit at %s is damaged", got[i].PTS)
				}
				delete(whole, got[i].PTS)
			}
			for i := 1; i < len(units); i++ {
				if at := units[i].PTS; whole[at] && has(got, units[i-1].PTS) {
					t.Fatalf("the unit at %s is missing, though all of it and the one before came", at)
				}
			}
			if n := d.Stats().Lost; n > lost {
				t.Fatalf("%d packets lost, by its count %d", lost, n)
			}
		}))
	}
}

func has(units []media.Unit, at time.Duration) bool {
	return slices.ContainsFunc(units, func(u media.Unit) bool { return u.PTS == at })
}

// coded is what of a unit must not be missing: of NAL units, the slices.
func coded(c media.Codec, au [][]byte) (b []byte) {
	for _, part := range au {
		if c == media.H264 && part[0]&0x1f > 5 || c == media.H265 && part[0]>>1 > 31 {
			continue
		}
		b = append(b, part...)
	}
	return b
}
