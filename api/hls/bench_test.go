package hls_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sluice/api/auth"
	"sluice/api/hls"
	"sluice/engine/media"
)

// null is a ResponseWriter that costs nothing, so that only what is before it is measured.
type null struct {
	header http.Header
	status int
}

func (n *null) Header() http.Header         { return n.header }
func (n *null) Write(p []byte) (int, error) { return len(p), nil }
func (n *null) WriteHeader(status int)      { n.status = status }

// BenchmarkDoor is one request up to its bytes, of a viewer who is known: for a playlist that has what he waits for already, and for
// a part. Everybody may watch, by a rule that says so, as in a server without a configuration.
func BenchmarkDoor(b *testing.B) {
	s := serve(b, nil, func(o *hls.Options) {
		o.Log = nil
		o.Auth, _ = auth.New(auth.Config{})
	})
	p := s.speaks("cam")
	opened := make(chan string)
	go func() { opened <- s.open("cam", "") }()
	const frame = 1024 * time.Second / 48_000
	media := ""
	for media == "" { // sound comes as fast as it is taken until there is a playlist
		say(b, p, frame)
		select {
		case media = <-opened:
		case <-time.After(time.Millisecond):
		}
	}
	say(b, p, 13*time.Second)
	text := s.get(media)
	_, part, _ := strings.Cut(text[strings.LastIndex(text, "#EXT-X-PART:"):], `URI="`)
	part, _, _ = strings.Cut(part, `"`)
	for _, c := range []struct{ name, target string }{
		{"playlist", media + "&_HLS_msn=1&_HLS_part=1"},
		{"part", "/cam/" + part},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, c.target, nil)
			r.Header.Set("Accept-Encoding", "gzip, deflate, br")
			r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36")
			w, h := &null{header: http.Header{}}, s.door.Handler()
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				h.ServeHTTP(w, r)
			}
			if w.status != 0 && w.status != http.StatusOK {
				b.Errorf("%s: %d", c.target, w.status)
			}
		})
	}
}

// say publishes so much sound at once.
func say(b *testing.B, p *speaker, length time.Duration) {
	b.Helper()
	const frame = 1024 * time.Second / 48_000
	for end := p.at + length; p.at < end; p.at += frame {
		if err := p.pub.WriteUnits(0, []media.Unit{{PTS: p.at, DTS: p.at, Key: true, AU: [][]byte{make([]byte, 300)}}}); err != nil {
			b.Fatal(err)
		}
	}
}
