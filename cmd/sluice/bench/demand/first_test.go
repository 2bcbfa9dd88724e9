package demand

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"sluice/cmd/sluice/bench/benchtest"
)

// BenchmarkFirst has viewers come who take H.264 only, ten of each kind (SLUICE_BENCH_VIEWERS), and measures the time from the request
// of each to the last packet of the first frame that it can decode: those who are the first of a stream, for whom a warm worker
// begins to convert, and those who come when it converts. They come at times that have nothing to do with the publisher's
// key frames.
func BenchmarkFirst(b *testing.B) {
	src := makeSource(b)
	s := serve(b)
	viewers := benchtest.Number(b, "VIEWERS", 10)
	var cold, running []time.Duration
	for b.Loop() {
		for n := range viewers {
			s.warm(b)
			name := fmt.Sprintf("cam%d", n)
			p := s.publish(b, name, src.frames)
			p.until(b, 2*fps+1+n*2*fps/viewers)
			first := s.play(b, name, webrtc.MimeTypeH264, h264)
			cold = append(cold, first.await(b))
			p.until(b, 4*fps+1+(n*7%viewers)*2*fps/viewers)
			second := s.play(b, name, webrtc.MimeTypeH264, h264)
			running = append(running, second.await(b))
			if len(s.workers()) != 2 {
				b.Errorf("%d workers, and not one that converts and a spare one", len(s.workers()))
			}
			second.end()
			first.end()
			p.end()
		}
	}
	report := func(name string, all []time.Duration) {
		slices.Sort(all)
		at := func(share float64) float64 {
			return float64(all[min(int(share*float64(len(all))), len(all)-1)]) / float64(time.Millisecond)
		}
		b.ReportMetric(at(0.5), name+"-p50-ms")
		b.ReportMetric(at(0.95), name+"-p95-ms")
		b.ReportMetric(at(0), name+"-min-ms")
	}
	report("cold", cold)
	report("running", running)
}
