package rendition

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/api/hls/playlist"
	"sluice/api/hls/playlist/conform"
	"sluice/engine/fault"
)

const tick = 200 * time.Millisecond

// low is a configuration with parts of a tick and segments of ten.
func low() Config {
	return Config{Segment: 2 * time.Second, Window: 3, Part: tick, Prefix: "k", Independent: true}
}

func fresh(t testing.TB, c Config) *Rendition {
	t.Helper()
	r, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Remove)
	return r
}

// author writes segments with a clock of their own.
type author struct {
	*Rendition
	at time.Time
	n  int
}

func begun(t testing.TB, c Config) *author {
	t.Helper()
	a := &author{Rendition: fresh(t, c), at: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	a.Begin(Init{Data: []byte("init1"), Codecs: "avc1.42c01f"})
	return a
}

// part adds the next part of the open segment. Its bytes tell which it is.
func (a *author) part(d time.Duration, key, last bool) {
	a.n++
	a.Add(Part{Data: fmt.Appendf(nil, "<%d>", a.n), Duration: d, Independent: key, Last: last})
	a.at = a.at.Add(d)
}

// grow opens a segment and adds so many parts of a tick.
func (a *author) grow(parts int) {
	a.Open(a.at, false)
	for i := range parts {
		a.part(tick, i == 0, false)
	}
}

// segment writes a whole one of ten ticks.
func (a *author) segment() {
	a.Open(a.at, false)
	for i := range 10 {
		a.part(tick, i == 0, i == 9)
	}
	a.Close(10 * tick)
}

func (a *author) write(segments int) {
	for range segments {
		a.segment()
	}
}

func text(t testing.TB, r *Rendition) string {
	t.Helper()
	p, err := r.Playlist(t.Context(), Latest())
	if err != nil {
		t.Fatal(err)
	}
	return string(p.Bytes())
}

func body(t testing.TB, r *Rendition, name string) string {
	t.Helper()
	m, err := r.Fetch(t.Context(), name)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	defer m.Close()
	var b bytes.Buffer
	if n, err := m.WriteTo(&b); err != nil || n != m.Size || n != int64(b.Len()) {
		t.Fatalf("%s: sent %d of %d bytes, %v", name, n, m.Size, err)
	}
	return b.String()
}

func refused(t testing.TB, r *Rendition, name string, want fault.Code) {
	t.Helper()
	if m, err := r.Fetch(t.Context(), name); fault.CodeOf(err) != want {
		t.Errorf("%s: %+v, %v; want %s", name, m, err, want)
	}
}

func clean(t testing.TB, found []conform.Finding) {
	t.Helper()
	for _, f := range found {
		t.Errorf("%v", f)
	}
}

// answer is what a request that may wait ends with.
type answer struct {
	text *playlist.Text
	err  error
}

// ask sends a request within a bubble of synctest, and returns when it waits or has been answered.
func ask(ctx context.Context, r *Rendition, q Request) <-chan answer {
	out := make(chan answer, 1)
	go func() {
		text, err := r.Playlist(ctx, q)
		out <- answer{text, err}
	}()
	synctest.Wait()
	return out
}

// waits says that no answer has come, and there is nothing else to happen.
func waits(t testing.TB, out <-chan answer) {
	t.Helper()
	synctest.Wait()
	if len(out) > 0 {
		a := <-out
		t.Fatalf("it does not wait: %v, %v", a.text, a.err)
	}
}

// answered gives the playlist that has come.
func answered(t testing.TB, out <-chan answer) string {
	t.Helper()
	synctest.Wait()
	if len(out) == 0 {
		t.Fatal("it still waits")
	}
	a := <-out
	if a.err != nil {
		t.Fatal(a.err)
	}
	return string(a.text.Bytes())
}

func failed(t testing.TB, out <-chan answer, want fault.Code) {
	t.Helper()
	synctest.Wait()
	if len(out) == 0 {
		t.Fatal("it still waits")
	}
	if a := <-out; fault.CodeOf(a.err) != want {
		t.Errorf("got %v, want %s", a.err, want)
	}
}

func count(text, what string) int { return strings.Count(text, what) }
