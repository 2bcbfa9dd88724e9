package rendition

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"sluice/api/hls/playlist/conform"
)

// client follows a stream to its end and keeps all it got.
type client struct {
	kind    int
	fetches []conform.Fetch
	seen    atomic.Int64 // segments
}

// TestReadersBesideTheWriter has clients follow a stream in each way there is, while it is written as fast as they all follow. Each checks
// what it got in a row.
func TestReadersBesideTheWriter(t *testing.T) {
	const segments = 30
	c := low()
	c.DVR, c.Folder = 20*c.Segment, t.TempDir()+"/dvr"
	a := begun(t, c)
	a.write(1)
	clients := make([]client, 8)
	moves := make(chan struct{}, 1)
	var all sync.WaitGroup
	for i := range clients {
		clients[i].kind = i
		all.Go(func() { clients[i].follow(t, a.Rendition, moves) })
	}
	for n := range segments {
		a.Open(a.at, n%7 == 3)
		for i := range 10 {
			a.part(tick, i == 0, i == 9)
		}
		behind := func(c *client) bool { return c.seen.Load() < int64(n) }
		for slices.ContainsFunc(pointers(clients), behind) {
			<-moves
		}
	}
	a.End()
	all.Wait()
	for i := range clients {
		if found := conform.Check(clients[i].fetches...); len(found) > 0 {
			t.Errorf("client %d: %d findings in %d playlists, the first: %v", i, len(found), len(clients[i].fetches), found[0])
		}
	}
	if held := a.Totals().Held; held != 0 {
		t.Errorf("%d are held after the end", held)
	}
}

func pointers(clients []client) []*client {
	all := make([]*client, len(clients))
	for i := range clients {
		all[i] = &clients[i]
	}
	return all
}

// follow asks for each part or for each segment, with and without delta updates.
func (c *client) follow(t *testing.T, r *Rendition, moves chan<- struct{}) {
	q := Latest()
	for {
		text, err := r.Playlist(t.Context(), q)
		if err != nil {
			t.Errorf("client %d: %+v: %v", c.kind, q, err)
			c.seen.Store(1 << 30)
		} else {
			c.fetches = append(c.fetches, conform.Fetch{Body: text.Bytes(), MSN: q.MSN, Part: q.Part, Skip: q.Skip})
			segments, parts := progress(string(text.Bytes()))
			load(t, r, string(text.Bytes()))
			c.seen.Store(segments)
			q = Request{MSN: segments, Part: -1, Skip: c.kind&1 == 1}
			if c.kind&2 == 2 {
				q.Part = parts
			}
		}
		select {
		case moves <- struct{}{}:
		default:
		}
		if err != nil || strings.HasSuffix(string(text.Bytes()), "#EXT-X-ENDLIST\n") {
			return
		}
	}
}

// progress is how many segments there have been, and how many parts of the next.
func progress(text string) (segments, parts int64) {
	var skipped int64
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if v, ok := strings.CutPrefix(line, "#EXT-X-MEDIA-SEQUENCE:"); ok {
			segments, _ = strconv.ParseInt(v, 10, 64)
		} else if v, ok := strings.CutPrefix(line, "#EXT-X-SKIP:SKIPPED-SEGMENTS="); ok {
			skipped, _ = strconv.ParseInt(v, 10, 64)
		} else if strings.HasPrefix(line, "#EXTINF:") {
			segments++
			parts = 0
		} else if strings.HasPrefix(line, "#EXT-X-PART:") {
			parts++
		}
	}
	return segments + skipped, parts
}

// load gets the last parts or segments of a playlist, as a player would.
func load(t *testing.T, r *Rendition, text string) {
	text, _, _ = strings.Cut(text, "#EXT-X-PRELOAD-HINT")
	names := strings.FieldsFunc(text, func(r rune) bool { return r == '"' || r == '\n' })
	names = slices.DeleteFunc(names, func(s string) bool { return !strings.HasPrefix(s, "k-") })
	for _, name := range names[max(0, len(names)-3):] {
		m, err := r.Fetch(t.Context(), name)
		if err != nil {
			t.Errorf("%s is in the playlist: %v", name, err)
			continue
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
}
