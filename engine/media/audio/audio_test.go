package audio_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/audio"
	"sluice/engine/media/payload"
)

const ms = time.Millisecond

// tell writes payloads as "160@20ms", a dot behind the marker.
func tell(payloads []payload.Payload) string {
	words := make([]string, len(payloads))
	for i, p := range payloads {
		words[i] = fmt.Sprintf("%d@%s", len(p.Data), p.PTS)
		if p.Marker {
			words[i] += "."
		}
	}
	return strings.Join(words, " ")
}

type piece struct {
	at time.Duration
	n  int
}

func every(step time.Duration, n, count int) (pieces []piece) {
	for i := range count {
		pieces = append(pieces, piece{time.Duration(i) * step, n})
	}
	return pieces
}

func TestStream(t *testing.T) {
	pcm, g729 := audio.Samples(1), audio.G729()
	for _, c := range []struct {
		name   string
		stream audio.Stream
		size   int
		ptime  time.Duration
		units  []piece
		want   string
	}{
		{"every unit by itself", pcm, 1200, 0, every(10*ms, 80, 3), "80@0s. 80@10ms 80@20ms"},
		{"units are joined", pcm, 1200, 20 * ms, every(10*ms, 80, 4), "160@0s. 160@20ms"},
		{"and cut", pcm, 1200, 20 * ms, every(50*ms, 400, 2), "160@0s. 160@20ms 160@40ms 160@60ms 160@80ms"},
		{"what is left comes last", pcm, 1200, 20 * ms, every(30*ms, 240, 2), "160@0s. 160@20ms 160@40ms"},
		{"so it does if it is no packet", pcm, 1200, 20 * ms, every(30*ms, 240, 1), "160@0s. 80@20ms"},
		{"the size is a limit", pcm, 100, 0, every(20*ms, 160, 2), "100@0s. 60@12.5ms 100@20ms 60@32.5ms"},
		{"of all packets", pcm, 100, 20 * ms, every(20*ms, 160, 2), "100@0s. 100@12.5ms 100@25ms 20@37.5ms"},
		{"a gap ends a packet and has a marker behind it", pcm, 1200, 20 * ms, []piece{{0, 80}, {100 * ms, 80}, {110 * ms, 80}}, "80@0s. 160@100ms."},
		{"rounding does not", pcm, 1200, 20 * ms, []piece{{0, 80}, {11 * ms, 80}, {21 * ms, 160}, {43 * ms, 160}}, "160@0s. 160@20ms 160@40ms"},
		{"drift moves it", pcm, 1200, 20 * ms, []piece{{0, 160}, {26 * ms, 160}, {46 * ms, 160}}, "160@0s. 160@26ms 160@46ms"},
		{"a step back is a gap", pcm, 1200, 20 * ms, []piece{{time.Second, 160}, {0, 160}}, "160@1s. 160@0s."},
		{"samples of two channels stay together", audio.Samples(2), 101, 0, every(20*ms, 320, 1), "100@0s. 100@6.25ms 100@12.5ms 20@18.75ms"},
		{"frames of G.729", g729, 1200, 20 * ms, every(10*ms, 10, 4), "20@0s. 20@20ms"},
		{"stay together", g729, 64, 0, every(80*ms, 80, 1), "60@0s. 20@60ms"},
		{"comfort noise ends a packet", g729, 1200, 20 * ms, []piece{{0, 10}, {10 * ms, 2}, {40 * ms, 10}, {50 * ms, 10}}, "12@0s. 20@40ms."},
		{"or is one", g729, 1200, 20 * ms, []piece{{0, 20}, {20 * ms, 2}}, "20@0s. 2@20ms"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := audio.NewStreamPacketizer(c.stream, c.size, c.ptime)
			var b payload.Batch
			var sent, got []byte
			for i, one := range c.units {
				data := bytes.Repeat([]byte{byte(i + 1)}, one.n)
				sent = append(sent, data...)
				if err := p.Packetize(&b, &media.Unit{PTS: one.at, AU: [][]byte{data}}); err != nil {
					t.Fatal(err)
				}
			}
			p.Flush(&b)
			for _, one := range b.Payloads {
				got = append(got, one.Data...)
			}
			if tell(b.Payloads) != c.want {
				t.Errorf("got  %s\nwant %s", tell(b.Payloads), c.want)
			}
			if !bytes.Equal(got, sent) {
				t.Error("the bytes are not those that were sent")
			}
		})
	}
}

func TestOpus(t *testing.T) {
	p := audio.NewOpusPacketizer(payload.MinSize)
	var b payload.Batch
	frame := []byte{0x78, 1, 2} // CELT, 20 ms
	for _, at := range []time.Duration{0, 20 * ms, 40 * ms, 400 * ms} {
		if err := p.Packetize(&b, &media.Unit{PTS: at, AU: [][]byte{frame, nil}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Packetize(&b, &media.Unit{PTS: 420 * ms, AU: [][]byte{frame, make([]byte, payload.MinSize+1)}}); !errors.Is(err, fault.CodecNotAvailable) {
		t.Errorf("got %v", err)
	}
	if got := tell(b.Payloads); got != "3@0s. 3@20ms 3@40ms 3@400ms." {
		t.Errorf("got %s", got)
	}
	if &b.Payloads[0].Data[0] != &frame[0] {
		t.Error("a frame is copied")
	}
}

// TestOpusLengths puts two packets into a unit: the second is as much later as the first one lasts (RFC 6716 3.1).
func TestOpusLengths(t *testing.T) {
	for _, c := range []struct {
		packet []byte
		want   time.Duration
	}{
		{[]byte{0 << 3}, 10 * ms}, {[]byte{1 << 3}, 20 * ms}, {[]byte{6 << 3}, 40 * ms}, {[]byte{11 << 3}, 60 * ms},
		{[]byte{12 << 3}, 10 * ms}, {[]byte{15 << 3}, 20 * ms}, {[]byte{16 << 3}, 2500 * time.Microsecond}, {[]byte{17 << 3}, 5 * ms},
		{[]byte{22 << 3}, 10 * ms}, {[]byte{31 << 3}, 20 * ms}, {[]byte{31<<3 | 1}, 40 * ms}, {[]byte{31<<3 | 2}, 40 * ms},
		{[]byte{31<<3 | 3, 0x80 | 3}, 60 * ms}, {[]byte{31<<3 | 3}, 0},
	} {
		var b payload.Batch
		if err := audio.NewOpusPacketizer(payload.MinSize).Packetize(&b, &media.Unit{AU: [][]byte{c.packet, {0}}}); err != nil {
			t.Fatal(err)
		}
		if got := b.Payloads[1].PTS; got != c.want {
			t.Errorf("%x lasts %s, want %s", c.packet, got, c.want)
		}
	}
}

func TestDepacketize(t *testing.T) {
	data := []byte("0123456789abcdefghijXY")
	for _, c := range []struct {
		name string
		d    payload.Depacketizer
		n    int
		want []string
	}{
		{"a packet is a frame", audio.NewDepacketizer(), 15, []string{"0123456789abcde@1s"}},
		{"a frame of G.729", audio.NewG729Depacketizer(), 10, []string{"0123456789@1s"}},
		{"two, and comfort noise", audio.NewG729Depacketizer(), 22, []string{"0123456789@1s", "abcdefghij@1.01s", "XY@1.02s"}},
		{"comfort noise alone", audio.NewG729Depacketizer(), 2, []string{"01@1s"}},
		{"no frames", audio.NewG729Depacketizer(), 15, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			units, err := c.d.Depacketize(nil, &media.Packet{Header: rtp.Header{SequenceNumber: 7}, PTS: time.Second, Payload: data[:c.n]})
			if (err != nil) != (c.want == nil) {
				t.Errorf("got the error %v", err)
			}
			var got []string
			for _, u := range units {
				got = append(got, string(u.AU[0])+"@"+u.PTS.String())
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
