package metrics

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// BenchmarkScrape asks for all metrics of a server with 1,000 streams, of two tracks each and with two readers, over HTTP: how long
// one takes, and how that compares to no more than writing as many lines of the same length.
func BenchmarkScrape(b *testing.B) {
	for name, named := range map[string]int{"1000": 0, "1000-named": 1000} {
		b.Run(name, func(b *testing.B) {
			const streams = 1000
			s := newStage(b, func(o *Options) { o.Streams = named })
			for i := range streams {
				_, p := s.publish(fmt.Sprintf("live/cam-%d", i))
				for range 2 {
					_, v := s.play(fmt.Sprintf("live/cam-%d", i))
					s.write(p, 0)
					<-v.came
				}
			}
			server := httptest.NewServer(s.door.Handler())
			defer server.Close()
			text := s.text()
			lines := bytes.Count([]byte(text), []byte("\n"))
			plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				for i := range lines {
					_, _ = fmt.Fprintf(w, "%-*s %d\n", max(len(text)/lines-8, 1), "line", i)
				}
			}))
			defer plain.Close()
			var ours, theirs []time.Duration
			for b.Loop() { // in turns, so that both have what the machine has to give
				ours = append(ours, scrape(b, server.URL+Path))
				theirs = append(theirs, scrape(b, plain.URL))
			}
			b.ReportMetric(float64(median(ours).Microseconds())/1e3, "p50-ms")
			b.ReportMetric(float64(median(ours))/float64(median(theirs)), "ratio")
			b.ReportMetric(float64(lines), "lines")
		})
	}
}

// scrape asks once, and tells how long that took.
func scrape(b *testing.B, url string) time.Duration {
	b.Helper()
	begun := time.Now()
	r, err := http.Get(url)
	if err != nil {
		b.Fatal(err)
	}
	var text bytes.Buffer
	if _, err = text.ReadFrom(r.Body); err != nil || r.StatusCode != http.StatusOK {
		b.Fatal(r.Status, err)
	}
	took := time.Since(begun)
	if err := r.Body.Close(); err != nil {
		b.Fatal(err)
	}
	return took
}

func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2]
}

// BenchmarkCollect is the part of a scrape that asks who counts, without writing it down.
func BenchmarkCollect(b *testing.B) {
	s := newStage(b, nil)
	for i := range 1000 {
		s.publish(fmt.Sprintf("live/cam-%d", i))
	}
	c := newCollector(Options{Sources: Sources{Engine: s.Engine}}, newObserver())
	to := make(chan prometheus.Metric, 1<<16)
	b.ReportAllocs()
	for b.Loop() {
		c.Collect(to)
		for len(to) > 0 {
			<-to
		}
	}
}
