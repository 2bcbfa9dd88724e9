package stream_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"sluice/api"
	"sluice/engine/media"
)

// BenchmarkFindAll lists 1,000 streams, half of them of pages with offers as browsers make them, half published over RTMP: how long it
// takes, and how that compares to no more than writing as much JSON.
func BenchmarkFindAll(b *testing.B) {
	h := open(b)
	for i := range 500 {
		name := fmt.Sprintf("cam-%d", i)
		h.page(fmt.Sprintf("p-%d", i), name, true)
		h.pages.list[i].SDP = strings.Repeat("a=rtpmap:96 VP8/90000\r\n", 300)
		h.Publish(name, media.VP8, media.Opus)
		h.Publish("rtmp-"+name, media.H264, media.Opus)
		h.client(fmt.Sprintf("r-%d", i), "rtmp", "rtmp-"+name, api.Publishes)
	}
	for _, path := range []string{"/rest-api/stream/find_all", "/rest-api/stream/find"} {
		b.Run(strings.TrimPrefix(path, "/rest-api/stream/"), func(b *testing.B) {
			var ours, plain time.Duration
			for b.Loop() {
				begun := time.Now()
				a := h.Caller.Call(path, J{"display": []string{"metrics"}})
				ours += time.Since(begun)
				var all []J
				if err := json.Unmarshal(a.Body.Bytes(), &all); err != nil || a.Code != http.StatusOK || len(all) != 1000 {
					b.Fatal(a.Code, err, len(all))
				}
				begun = time.Now()
				if _, err := json.Marshal(all); err != nil {
					b.Fatal(err)
				}
				plain += time.Since(begun)
			}
			b.ReportMetric(float64(ours.Microseconds())/1e3/float64(b.N), "ms")
			b.ReportMetric(float64(ours)/float64(plain), "ratio")
		})
	}
}
