package packager_test

import (
	"testing"
	"time"

	"sluice/api/hls/packager"
	"sluice/api/hls/rendition"
	"sluice/engine/media"
)

// nowhere is a sink that keeps nothing.
type nowhere struct{ bytes int }

func (n *nowhere) Begin(rendition.Init) {}
func (n *nowhere) Tear(time.Time)       {}
func (n *nowhere) Open(time.Time, bool) {}
func (n *nowhere) Add(p rendition.Part) { n.bytes += len(p.Data) }
func (n *nowhere) Close(time.Duration)  {}
func (n *nowhere) End()                 {}
func (n *nowhere) Limit() time.Duration { return 2500 * ms }

// BenchmarkUnit packs pictures of 2 Mbit/s with sound; an operation is a unit. The ratio is of the bytes that are written to those
// that came.
func BenchmarkUnit(b *testing.B) {
	for _, c := range []struct {
		name string
		cfg  packager.Config
	}{
		{"fragments", packager.Config{Segment: 2 * time.Second}},
		{"fragments in parts", packager.Config{Segment: 2 * time.Second, Part: 200 * ms}},
		{"transport stream", packager.Config{Segment: 2 * time.Second, Form: rendition.TS}},
	} {
		b.Run(c.name, func(b *testing.B) {
			sink := &nowhere{}
			p := must(b, c.cfg, sink, videoTrack(), audioTrack())
			slice, sound := make([]byte, 10_000), make([]byte, 340)
			slice[0] = 0x41
			var next [2]time.Duration
			came, picture := 0, 0
			b.ReportAllocs()
			for b.Loop() {
				u, track := &media.Unit{PTS: next[1], DTS: next[1], AU: [][]byte{sound}}, 1
				if next[0] <= next[1] {
					u, track = &media.Unit{PTS: next[0], DTS: next[0], Key: picture%50 == 0, AU: [][]byte{slice}}, 0
					next[0] += 40 * ms
					picture++
				} else {
					next[1] += 1024 * time.Second / 48000
				}
				if err := p.Write(track, u); err != nil {
					b.Fatal(err)
				}
				came += u.Bytes()
			}
			b.ReportMetric(float64(sink.bytes)/float64(came), "ratio")
		})
	}
}
