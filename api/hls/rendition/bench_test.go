package rendition

import (
	"context"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"sluice/api/hls/playlist"
)

// served is a stream with a full window and parts at its end.
func served(b *testing.B, c Config) *author {
	b.Helper()
	a := begun(b, c)
	a.write(c.Window + 3)
	a.grow(5)
	return a
}

// null is a ResponseWriter that costs nothing, so that only what is before it is measured.
type null struct{ header http.Header }

func (n null) Header() http.Header         { return n.header }
func (n null) Write(p []byte) (int, error) { return len(p), nil }
func (n null) WriteHeader(int)             {}

// BenchmarkPlaylist is one request for a playlist up to its bytes: shared as they are, with a query of its own behind each address, and both
// packed; beside it rendering, which happens once per change.
func BenchmarkPlaylist(b *testing.B) {
	a := served(b, low())
	ctx, w := b.Context(), null{}
	get := func(b *testing.B) *playlist.Text {
		text, err := a.Playlist(ctx, Latest())
		if err != nil {
			b.Fatal(err)
		}
		return text
	}
	b.Run("shared", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = w.Write(get(b).Bytes())
		}
	})
	b.Run("packed", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = w.Write(get(b).Gzip())
		}
	})
	b.Run("suffix", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = w.Write(get(b).Form("?token=0123456789abcdef0123456789abcdef", playlist.Start{}).Plain().Bytes)
		}
	})
	b.Run("rendered", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			a.mu.Lock()
			text := a.render(0, nil)
			a.mu.Unlock()
			_, _ = w.Write(text.Bytes())
		}
	})
}

// BenchmarkServed is a whole request over HTTP on loopback: ours against a handler that writes the same bytes and does nothing else.
func BenchmarkServed(b *testing.B) {
	a := served(b, low())
	text, err := a.Playlist(b.Context(), Latest())
	if err != nil {
		b.Fatal(err)
	}
	ours := func(w http.ResponseWriter, r *http.Request) {
		q, err := ParseRequest(r.URL.Query())
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		text, err := a.Playlist(r.Context(), q)
		if err != nil {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = w.Write(text.Bytes())
	}
	bare := func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(text.Bytes()) }
	one, two := httptest.NewServer(http.HandlerFunc(ours)), httptest.NewServer(http.HandlerFunc(bare))
	defer one.Close()
	defer two.Close()
	var took [2][]time.Duration
	for b.Loop() { // in turns, so that whatever else runs on the machine hits both alike
		for i, s := range []*httptest.Server{one, two} {
			began := time.Now()
			resp, err := s.Client().Get(s.URL + "/x.m3u8?_HLS_msn=5&_HLS_part=4")
			if err != nil {
				b.Fatal(err)
			}
			drain(b, resp)
			took[i] = append(took[i], time.Since(began))
		}
	}
	slices.Sort(took[0])
	slices.Sort(took[1])
	b.ReportMetric(float64(took[0][len(took[0])/2])/float64(took[1][len(took[1])/2]), "of-bare")
}

func drain(b *testing.B, resp *http.Response) {
	b.Helper()
	buf := make([]byte, 64<<10)
	for {
		if _, err := resp.Body.Read(buf); err != nil {
			break
		}
	}
	if err := resp.Body.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkHeld is 2,000 readers who all wait for each part: what waking them all and their asking again costs, and what each holds in memory.
func BenchmarkHeld(b *testing.B) {
	const readers = 2000
	a := served(b, low())
	ctx, stop := context.WithCancel(b.Context())
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	answers := make(chan struct{}, readers)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range readers {
		all.Go(func() {
			q := Request{MSN: a.Report().MSN, Part: a.Report().Part}
			for {
				text, err := a.Playlist(ctx, q)
				if err != nil {
					return
				}
				_, _ = null{}.Write(text.Bytes())
				at := a.Report()
				q = Request{MSN: at.MSN, Part: at.Part + 1}
				answers <- struct{}{}
			}
		})
	}
	gather := func() {
		for range readers {
			<-answers
		}
	}
	gather()
	runtime.ReadMemStats(&after)
	n := 0
	for b.Loop() {
		if n++; n%10 == 0 {
			a.Close(0)
			a.Open(a.at, false)
		}
		a.part(tick, n%10 == 0, false)
		gather()
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/readers, "µs/wake")
	b.ReportMetric(float64(after.StackInuse+after.HeapInuse-before.StackInuse-before.HeapInuse)/readers, "B/reader")
}

// BenchmarkAnHourOfDVR is what a window of an hour takes besides the disk: 1,800 segments, of few bytes here. At 2 Mbit/s the disk has 900 MB.
func BenchmarkAnHourOfDVR(b *testing.B) {
	c := low()
	c.DVR, c.Folder = time.Hour, b.TempDir()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	a := begun(b, c)
	for n := range 1850 {
		a.segment()
		for a.Totals().Disk+a.Totals().Memory < int64(n) || a.disk.behind() {
			runtime.Gosched()
		}
	}
	text, err := a.Playlist(b.Context(), Latest())
	if err != nil {
		b.Fatal(err)
	}
	delta, err := a.Playlist(b.Context(), Request{MSN: -1, Part: -1, Skip: true})
	if err != nil {
		b.Fatal(err)
	}
	size, packed, skipped := len(text.Bytes()), len(text.Gzip()), len(delta.Bytes())
	runtime.GC()
	runtime.ReadMemStats(&after)
	for b.Loop() {
		a.mu.Lock()
		a.render(0, nil)
		a.mu.Unlock()
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc), "B-heap")
	b.ReportMetric(float64(size), "B-playlist")
	b.ReportMetric(float64(packed), "B-gzip")
	b.ReportMetric(float64(skipped), "B-delta")
	b.ReportMetric(float64(a.Totals().Listed), "segments")
}

// behind says whether anything waits to be written.
func (d *disk) behind() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.queue) > 0
}
