package rendition

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	hls "github.com/bluenviron/gohlslib/v2/pkg/playlist"
	"pgregory.net/rapid"

	"sluice/api/hls/playlist/conform"
)

// model writes at random what packagers may write, and reads everything after each step.
type model struct {
	*author
	t       *rapid.T
	section int
	parts   []string // bytes of each part ever written
	fetches []conform.Fetch
	open    bool
}

// TestAnythingThatIsWrittenReadsWell holds every playlist against the draft, against gohlslib, and every byte against what was written.
func TestAnythingThatIsWrittenReadsWell(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := low()
		c.Window = rapid.IntRange(3, 12).Draw(rt, "window")
		c.Independent = rapid.Bool().Draw(rt, "independent")
		if rapid.Bool().Draw(rt, "whole") {
			c.Part = 0
		}
		r, err := New(c)
		if err != nil {
			rt.Fatal(err)
		}
		defer r.Remove()
		m := &model{author: &author{Rendition: r, at: time.Unix(1e9, 0)}, t: rt}
		m.begin()
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			m.step()
			m.read()
		}
		for _, f := range conform.Check(m.fetches...) {
			rt.Errorf("%v\n%s", f, m.fetches[f.Fetch].Body)
		}
	})
}

func (m *model) begin() {
	m.section++
	m.Begin(Init{Data: fmt.Appendf(nil, "init%d", m.section)})
	m.open = false
}

func (m *model) step() {
	switch rapid.SampledFrom([]string{"segment", "segment", "segment", "part", "part", "close", "begin"}).Draw(m.t, "step") {
	case "segment":
		m.Open(m.at, rapid.IntRange(0, 5).Draw(m.t, "torn") == 0)
		m.open = true
		n := rapid.IntRange(1, 11).Draw(m.t, "parts")
		for i := range n {
			m.add(i == 0, i == n-1)
		}
		m.close()
	case "part":
		if !m.open {
			m.Open(m.at, false)
			m.open = true
		}
		for i := range rapid.IntRange(1, 30).Draw(m.t, "parts") {
			m.add(i == 0, false)
			if i%5 == 0 {
				m.read()
			}
		}
	case "close":
		m.close()
	case "begin":
		m.begin()
	}
}

// add adds a part as long as parts may be: the first segment fixes the target, and so all are between 85 and 100 % of it.
func (m *model) add(key, last bool) {
	d := time.Duration(rapid.IntRange(170_000, 200_000).Draw(m.t, "length")) * time.Microsecond
	m.parts = append(m.parts, fmt.Sprintf("<%d>", len(m.parts)+1))
	m.part(d, key || m.cfg.Independent, last)
}

func (m *model) close() {
	m.Close(0)
	m.open = false
}

// read loads every form of the playlist, and all that is in it.
func (m *model) read() {
	if !isReady(m.Rendition) {
		return
	}
	full, err := m.Playlist(m.t.Context(), Latest())
	if err != nil {
		m.t.Fatal(err)
	}
	delta, err := m.Playlist(m.t.Context(), Request{MSN: -1, Part: -1, Skip: true})
	if err != nil {
		m.t.Fatal(err)
	}
	for _, f := range conform.CheckDelta(full.Bytes(), delta.Bytes()) {
		m.t.Errorf("%v\n%s\n%s", f, full.Bytes(), delta.Bytes())
	}
	report := m.Report()
	m.fetches = append(m.fetches, conform.Plain(full.Bytes()), conform.Fetch{Body: delta.Bytes(), MSN: report.MSN, Part: report.Part, Skip: true})
	var other hls.Media
	if err := other.Unmarshal(full.Bytes()); err != nil {
		m.t.Fatalf("gohlslib: %v\n%s", err, full.Bytes())
	}
	for _, s := range other.Segments {
		whole := ""
		for _, p := range s.Parts {
			whole += m.media(p.URI)
		}
		if got := m.media(s.URI); len(s.Parts) > 0 && got != whole || !strings.Contains(strings.Join(m.parts, ""), got) || got == "" {
			m.t.Errorf("%s is %q, its parts %q", s.URI, got, whole)
		}
	}
	for _, p := range other.Parts {
		m.media(p.URI)
	}
	m.sections(string(full.Bytes()))
}

// sections loads every section of a playlist.
func (m *model) sections(text string) {
	for _, line := range strings.Split(text, "\n") {
		if name, ok := strings.CutPrefix(line, `#EXT-X-MAP:URI="`); ok {
			name = strings.TrimSuffix(name, `"`)
			number := strings.TrimSuffix(strings.TrimPrefix(name, "k-i"), ".mp4")
			if got := m.media(name); got != "init"+number {
				m.t.Errorf("%s is %q", name, got)
			}
		}
	}
}

func (m *model) media(name string) string {
	got, err := m.Fetch(m.t.Context(), name)
	if err != nil {
		m.t.Fatalf("%s is in the playlist: %v", name, err)
	}
	var b bytes.Buffer
	if _, err := got.WriteTo(&b); err != nil {
		m.t.Fatal(err)
	}
	return b.String()
}

func isReady(r *Rendition) bool {
	select {
	case <-r.Ready():
		return true
	default:
		return false
	}
}
