package codecs_test

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/pion/rtp"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/codecs"
	"sluice/engine/media/payload"
)

// A hostile stream is written as packets: two bytes of length, a byte of what is odd about the packet, the payload.
const (
	oddMarker = 1 << iota
	oddTime   // another timestamp than before
	oddGap
	oddLate
	oddSource
)

const fuzzLimit = 20_000

// hostile is a seed: payloads as a packetizer makes them, or whatever.
func hostile(odds []byte, payloads ...[]byte) []byte {
	var out []byte
	for i, p := range payloads {
		out = append(binary.BigEndian.AppendUint16(out, uint16(len(p))), odds[i%len(odds)])
		out = append(out, p...)
	}
	return out
}

func packetsOf(data []byte) (packets []media.Packet) {
	var h rtp.Header
	for len(data) > 3 {
		n := min(int(binary.BigEndian.Uint16(data)), len(data)-3)
		odd := data[2]
		h.SequenceNumber++
		h.Marker = odd&oddMarker != 0
		switch {
		case odd&oddGap != 0:
			h.SequenceNumber += 3
		case odd&oddLate != 0:
			h.SequenceNumber -= 2
		}
		if odd&oddTime != 0 {
			h.Timestamp += 3000
		}
		if odd&oddSource != 0 {
			h.SSRC++
		}
		packets = append(packets, media.Packet{Header: h, Payload: data[3 : 3+n], PTS: time.Duration(h.Timestamp) * time.Microsecond})
		data = data[3+n:]
	}
	return packets
}

// attack gives hostile packets to a depacketizer: it must not panic, and what it delivers must be units of its kind and
// within the limit; then it cuts them, and the payloads themselves as if they were units.
func attack(t *testing.T, track media.Track, data []byte) {
	t.Helper()
	d, err := codecs.NewDepacketizer(track, fuzzLimit)
	if err != nil {
		t.Fatal(err)
	}
	p, err := codecs.NewPacketizer(track, codecs.Packing{Size: payload.MinSize + len(data)%500, PTime: time.Duration(len(data)%3) * 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	var units, raw []media.Unit
	for _, packet := range packetsOf(data) {
		if units, err = d.Depacketize(units, &packet); err != nil && fault.CodeOf(err).Blame() != fault.Peer {
			t.Errorf("the fault is not the peer's: %v", err)
		}
		if len(packet.Payload) > 0 {
			raw = append(raw, media.Unit{PTS: packet.PTS, AU: [][]byte{packet.Payload, packet.Payload[:len(packet.Payload)/2]}})
		}
	}
	units = d.Flush(units)
	if s := d.Stats(); s.Units != uint64(len(units)) {
		t.Errorf("%d units, %+v", len(units), s)
	}
	for i := range units {
		if u := &units[i]; len(u.AU) == 0 || len(u.AU) > payload.MaxParts || u.Bytes() == 0 || u.Bytes() > max(fuzzLimit, 1<<16) {
			t.Errorf("unit %d has %d parts, %d bytes", i, len(u.AU), u.Bytes())
		}
	}
	var b payload.Batch
	for i := range units {
		_ = p.Packetize(&b, &units[i])
	}
	for i := range raw {
		_ = p.Packetize(&b, &raw[i])
	}
	p.Flush(&b)
	for i, one := range b.Payloads {
		if len(one.Data) == 0 || len(one.Data) > payload.MinSize+len(data)%500 {
			t.Errorf("payload %d of %d bytes", i, len(one.Data))
		}
	}
}

func fuzz(f *testing.F, track media.Track, seeds ...[]byte) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) { attack(t, track, data) })
}

// seeds are the units as a packetizer cuts them: in order, with gaps, and each packet the end of a unit.
func seeds(f *testing.F, track media.Track, units ...[][]byte) [][]byte {
	f.Helper()
	p, err := codecs.NewPacketizer(track, codecs.Packing{Size: payload.MinSize})
	if err != nil {
		f.Fatal(err)
	}
	var b payload.Batch
	for i, au := range units {
		if err := p.Packetize(&b, &media.Unit{PTS: time.Duration(i) * 20 * time.Millisecond, AU: au}); err != nil {
			f.Fatal(err)
		}
	}
	var odds []byte
	var all [][]byte
	for _, one := range b.Payloads {
		odd := byte(0)
		if one.Marker {
			odd = oddMarker
		}
		odds, all = append(odds, odd), append(all, one.Data)
	}
	return [][]byte{
		hostile(odds, all...), hostile([]byte{0, oddGap, oddMarker | oddTime}, all...), hostile([]byte{oddMarker, oddLate, oddSource}, all...),
		hostile([]byte{oddTime}, []byte{}, []byte{0}, []byte{0xff, 0xff, 0xff}),
	}
}

func FuzzH264(f *testing.F) {
	t := track(media.H264, fmtp("packetization-mode", "1"))
	more := [][]byte{hostile([]byte{0}, []byte{28, 0x85}, []byte{28, 5}, []byte{28, 0x45}, []byte{24, 0, 1, 9, 0, 0}, []byte{1, 0, 0, 0, 1, 5})}
	fuzz(f, t, append(more, seeds(f, t, [][]byte{{7, 66, 0, 30}, {8, 1}, run(5, 200)}, [][]byte{{9, 1}, run(1, 90), run(1, 30)})...)...)
}

func FuzzH265(f *testing.F) {
	t := track(media.H265, nil)
	more := [][]byte{hostile([]byte{0}, []byte{98, 1, 0x93}, []byte{98, 1, 19}, []byte{98, 1, 0x53}, []byte{96, 1, 0, 2, 64, 1, 0})}
	fuzz(f, t, append(more, seeds(f, t, [][]byte{{64, 1, 2}, {66, 1, 3}, {68, 1, 4}, run(38, 200)}, [][]byte{run(2, 90), run(2, 30)})...)...)
}

func FuzzVP8(f *testing.F) {
	t := track(media.VP8, nil)
	fuzz(f, t, seeds(f, t, [][]byte{run(0x10, 300)}, [][]byte{run(0x11, 20)})...)
}

func FuzzVP9(f *testing.F) {
	t := track(media.VP9, nil)
	key := append([]byte{0x82, 0x49, 0x83, 0x42, 0, 9, 0xf0, 7, 0x70}, run(1, 200)...)
	fuzz(f, t, seeds(f, t, [][]byte{key}, [][]byte{run(0x86, 90)}, [][]byte{{0x88, 1}})...)
}

func FuzzAV1(f *testing.F) {
	t := track(media.AV1, nil)
	frame := append([]byte{6<<3 | 2, 0xc8, 1}, run(0x10, 200)...)
	layers := []byte{6<<3 | 6, 0x20, 3, 1, 2, 3, 6<<3 | 6, 0x40, 2, 1, 2}
	fuzz(f, t, seeds(f, t, [][]byte{{2<<3 | 2, 0, 1<<3 | 2, 3, 1, 2, 3}, frame}, [][]byte{layers})...)
}

func FuzzAAC(f *testing.F) {
	t := track(media.AAC, clock(48000))
	fuzz(f, t, seeds(f, t, [][]byte{run(1, 20), run(2, 20)}, [][]byte{run(3, 300)})...)
}

func FuzzMPA(f *testing.F) {
	t := track(media.MP3, nil)
	fuzz(f, t, seeds(f, t, [][]byte{append([]byte{0xff, 0xfb, 0x10, 0xc4}, run(0, 100)...)}, [][]byte{append([]byte{0xff, 0xf3, 0x10, 0xc4}, run(0, 22)...)})...)
}

func FuzzSpeex(f *testing.F) {
	t := track(media.Speex, clock(16000))
	fuzz(f, t, seeds(f, t, [][]byte{run(0x18, 20)}, [][]byte{{0x04, 0x3f}}, [][]byte{{0x70, 0x00, 0xff}})...)
}

func FuzzG729(f *testing.F) {
	t := track(media.G729, nil)
	fuzz(f, t, seeds(f, t, [][]byte{run(1, 20)}, [][]byte{run(1, 12)}, [][]byte{{1, 2}})...)
}

func FuzzG711AndOpus(f *testing.F) {
	f.Add(true, hostile([]byte{0, oddGap}, run(1, 160), run(2, 80), []byte{}))
	f.Add(false, hostile([]byte{0, oddGap}, run(0x78, 160), []byte{3}, []byte{0xff, 0xff}))
	f.Fuzz(func(t *testing.T, opus bool, data []byte) {
		if opus {
			attack(t, track(media.Opus, nil), data)
		} else {
			attack(t, track(media.PCMU, nil), data)
		}
	})
}

// run is n bytes: the first as given, the others counting, none of them zero.
func run(first byte, n int) []byte {
	b := make([]byte, n)
	b[0] = first
	for i := 1; i < n; i++ {
		b[i] = byte(i%255) + 1
	}
	return b
}
