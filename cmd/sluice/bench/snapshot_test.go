package bench

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"sluice/cmd/sluice/bench/benchtest"
)

// BenchmarkSnapshot takes pictures of a stream of 720p, of H.264 with reordered frames and a key frame every two seconds, by
// /rest-api/stream/snapshot, twenty times (SLUICE_BENCH_SNAPSHOT), with a warm worker, and none of them from what was taken before.
func BenchmarkSnapshot(b *testing.B) {
	rtmp := benchtest.Free(b)
	s := serveREST(b, benchtest.Program(b), "SLUICE_RTMP_LISTEN="+rtmp)
	send := exec.CommandContext(b.Context(), "ffmpeg", strings.Fields("-v quiet -re -f lavfi -i testsrc2=size=1280x720:rate=30 "+
		"-c:v libx264 -preset ultrafast -bf 2 -pix_fmt yuv420p -g 60 -f flv rtmp://"+rtmp+"/live/cam")...)
	if err := send.Start(); err != nil {
		b.Skip("needs ffmpeg: ", err)
	}
	defer func() { _ = send.Process.Kill(); _ = send.Wait() }()
	until(b, "the stream", func() bool {
		r, err := http.Get(s.base + "/v1/streams/cam")
		return err == nil && r.Body.Close() == nil && r.StatusCode == http.StatusOK
	})
	const kept = 1100 * time.Millisecond // for so long a picture is as good as a new one
	for b.Loop() {
		var took []float64
		for range benchtest.Number(b, "SNAPSHOT", 20) {
			time.Sleep(kept) //nolint:forbidigo // nobody tells
			var got struct{ Data []byte }
			begun := time.Now()
			s.ask(b, http.MethodPost, "/rest-api/stream/snapshot", []byte(`{"streamName":"cam"}`), &got)
			took = append(took, float64(time.Since(begun))/float64(time.Millisecond))
			if !strings.HasPrefix(string(got.Data), "\x89PNG") {
				b.Fatalf("%.20q", got.Data)
			}
		}
		b.ReportMetric(rank(took).median(), "p50-ms")
		b.ReportMetric(rank(took).at(0.95), "p95-ms")
		b.ReportMetric(rank(took).at(0), "min-ms")
	}
}
