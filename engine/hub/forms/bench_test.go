package forms

import (
	"testing"

	"sluice/engine/media"
)

// BenchmarkForms makes units of the packets of a second of video, and packets of those again. The floor is to copy its
// payloads.
func BenchmarkForms(b *testing.B) {
	for file, track := range map[string]media.Track{"bframes.rtp": h264(), "vp8.rtp": media.NewTrack(media.VP8)} {
		packets := load(b, file)
		units := assemble(new(bench).assembler(b, track), packets)
		each := float64(len(packets))
		b.Run("assemble/"+file, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				assemble(new(bench).assembler(b, track), packets)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/each, "ns/packet")
		})
		b.Run("packetise/"+file, func(b *testing.B) {
			m := new(bench).packetiser(b, track)
			b.ReportAllocs()
			for b.Loop() {
				for i := range units {
					m.Make([]*media.Unit{&units[i]})
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/each, "ns/packet")
		})
		b.Run("floor/"+file, func(b *testing.B) {
			var copied []byte
			for b.Loop() {
				for _, p := range packets {
					copied = append(copied[:0], p.Payload...)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/each, "ns/packet")
		})
	}
}
