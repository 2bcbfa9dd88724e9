package codecs_test

import (
	"testing"
	"time"

	"github.com/pion/rtp"
	pion "github.com/pion/rtp/codecs"

	"sluice/engine/media"
	"sluice/engine/media/codecs"
	"sluice/engine/media/payload"
)

// bench is a codec with units of usual sizes and, where pion has one, its payloader and depacketizer.
type bench struct {
	track media.Track
	how   codecs.Packing
	au    [][]byte
	flat  []byte // as pion wants it; the first part if nil
	pion  func() rtp.Payloader
	depay func() rtp.Depacketizer
}

// sink keeps what a floor makes from being optimized away.
var sink []byte

func benches() []bench {
	key := append([]byte{0x82, 0x49, 0x83, 0x42, 0, 9, 0xf0, 7, 0x70}, run(1, 9000)...)
	nal := run(0x61, 9000)
	nal[1] = 0x88
	hevc := run(2, 9000)
	hevc[1], hevc[2] = 1, 0x88
	tu := append([]byte{1<<3 | 2, 3, 1, 2, 3, 6<<3 | 2, 0xa8, 0x46}, run(0x10, 9000)...)
	return []bench{
		{
			track: track(media.H264, fmtp("packetization-mode", "1")), au: [][]byte{nal}, flat: append([]byte{0, 0, 0, 1}, nal...),
			pion: func() rtp.Payloader { return &pion.H264Payloader{} }, depay: func() rtp.Depacketizer { return &pion.H264Packet{} },
		},
		{
			track: track(media.H265, nil), au: [][]byte{hevc}, flat: append([]byte{0, 0, 0, 1}, hevc...),
			pion: func() rtp.Payloader { return &pion.H265Payloader{} }, depay: func() rtp.Depacketizer { return &pion.H265Depacketizer{} },
		},
		{
			track: track(media.VP8, nil), au: [][]byte{run(0x10, 9000)},
			pion: func() rtp.Payloader { return &pion.VP8Payloader{EnablePictureID: true} }, depay: func() rtp.Depacketizer { return &pion.VP8Packet{} },
		},
		{
			track: track(media.VP9, nil), au: [][]byte{key},
			pion: func() rtp.Payloader { return &pion.VP9Payloader{} }, depay: func() rtp.Depacketizer { return &pion.VP9Packet{} },
		},
		{
			track: track(media.AV1, nil), au: [][]byte{tu},
			pion: func() rtp.Payloader { return &pion.AV1Payloader{} }, depay: func() rtp.Depacketizer { return &pion.AV1Depacketizer{} },
		},
		{
			track: track(media.Opus, nil), au: [][]byte{run(0x78, 160)},
			pion: func() rtp.Payloader { return &pion.OpusPayloader{} }, depay: func() rtp.Depacketizer { return &pion.OpusPacket{} },
		},
		{track: track(media.PCMU, nil), au: [][]byte{run(1, 160)}, pion: func() rtp.Payloader { return &pion.G711Payloader{} }},
		{track: track(media.PCMA, nil), how: codecs.Packing{PTime: 40 * time.Millisecond}, au: [][]byte{run(1, 160)}, pion: func() rtp.Payloader { return &pion.G711Payloader{} }},
		{track: track(media.G722, nil), au: [][]byte{run(1, 160)}, pion: func() rtp.Payloader { return &pion.G722Payloader{} }},
		{track: track(media.G729, nil), au: [][]byte{run(1, 20)}},
		{track: track(media.Speex, clock(16000)), how: codecs.Packing{PTime: 40 * time.Millisecond}, au: [][]byte{append(run(0x18, 20), 0x7f)}},
		{track: track(media.AAC, clock(48000)), au: [][]byte{run(1, 340)}},
		{track: track(media.MP3, nil), au: [][]byte{append([]byte{0xff, 0xfb, 0x90, 0xc4}, run(1, 413)...)}},
	}
}

// BenchmarkPacketize cuts one unit again and again into a batch that is reset. The ratio to pion's payloader, in the same
// run, is how many times as long it takes.
func BenchmarkPacketize(b *testing.B) {
	for _, c := range benches() {
		b.Run(string(c.track.Codec), func(b *testing.B) {
			p, err := codecs.NewPacketizer(c.track, c.how)
			if err != nil {
				b.Fatal(err)
			}
			u := media.Unit{AU: c.au}
			var batch payload.Batch
			b.ReportAllocs()
			for b.Loop() {
				batch.Reset()
				if err := p.Packetize(&batch, &u); err != nil {
					b.Fatal(err)
				}
				u.PTS += 20 * time.Millisecond
			}
			ours := b.Elapsed()
			if c.pion == nil {
				return
			}
			flat, theirs := c.flat, c.pion()
			if flat == nil {
				flat = c.au[0]
			}
			b.StopTimer()
			began := time.Now()
			for range b.N {
				for _, data := range theirs.Payload(payload.DefaultSize, flat) {
					sink = data
				}
			}
			b.ReportMetric(float64(ours)/float64(time.Since(began)), "x-pion")
		})
	}
}

// BenchmarkDepacketize gathers one unit again and again. The ratio is to pion's depacketizer, which reads one payload by
// itself, with an append of what it gives.
func BenchmarkDepacketize(b *testing.B) {
	for _, c := range benches() {
		b.Run(string(c.track.Codec), func(b *testing.B) {
			p, err := codecs.NewPacketizer(c.track, codecs.Packing{})
			if err != nil {
				b.Fatal(err)
			}
			var batch payload.Batch
			if err := p.Packetize(&batch, &media.Unit{AU: c.au}); err != nil {
				b.Fatal(err)
			}
			packets := number(batch.Payloads, int(c.track.ClockRate))
			d, err := codecs.NewDepacketizer(c.track, 0)
			if err != nil {
				b.Fatal(err)
			}
			var units []media.Unit
			sequence := uint16(0)
			b.ReportAllocs()
			for b.Loop() {
				units = units[:0]
				for i := range packets {
					packets[i].Header.SequenceNumber = sequence
					sequence++
					if units, err = d.Depacketize(units, &packets[i]); err != nil {
						b.Fatal(err)
					}
				}
			}
			ours := b.Elapsed()
			if len(units) > 1 && c.track.Kind == media.Video {
				b.Fatalf("%d units", len(units))
			}
			if c.depay == nil {
				return
			}
			b.StopTimer()
			theirs := c.depay()
			began := time.Now()
			for range b.N {
				var frame []byte
				for i := range packets {
					data, err := theirs.Unmarshal(packets[i].Payload)
					if err != nil {
						b.Fatal(err)
					}
					frame = append(frame, data...)
				}
				sink = frame
			}
			b.ReportMetric(float64(ours)/float64(time.Since(began)), "x-pion")
		})
	}
}
