package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"sluice/api/records/shelf"
)

// teller is a back end that is told of finished recordings.
type teller struct {
	t     *testing.T
	mu    sync.Mutex
	list  []shelf.Recording
	heard chan struct{} // closed, and made anew, whenever there is another
}

// toldBy starts one, whose address the configuration's records.hook takes.
func toldBy(t *testing.T) (*teller, string) {
	t.Helper()
	back := &teller{t: t, heard: make(chan struct{})}
	s := httptest.NewServer(back)
	t.Cleanup(s.Close)
	return back, s.URL
}

// ServeHTTP implements http.Handler.
func (b *teller) ServeHTTP(_ http.ResponseWriter, q *http.Request) {
	var r shelf.Recording
	body, err := io.ReadAll(q.Body)
	if err == nil {
		err = json.Unmarshal(body, &r)
	}
	if err != nil {
		b.t.Errorf("it is told %q: %v", body, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.list = append(b.list, r)
	close(b.heard)
	b.heard = make(chan struct{})
}

// of waits until it was told of a recording of a stream, and gives all of those, the first first.
func (b *teller) of(stream string) []shelf.Recording {
	b.t.Helper()
	late := time.After(2 * patience)
	for {
		b.mu.Lock()
		var list, all []shelf.Recording
		heard := b.heard
		for _, r := range b.list {
			if all = append(all, r); r.Stream == stream {
				list = append(list, r)
			}
		}
		b.mu.Unlock()
		if len(list) > 0 {
			return list
		}
		select {
		case <-heard:
		case <-late:
			b.t.Fatalf("nobody is told of a recording of %s, but of %+v", stream, all)
		}
	}
}

// grown waits until so many files are being recorded in a folder, and each is so large, and gives their paths.
func (s *restServer) grown(folder string, count int, size int64) (parts []string) {
	s.t.Helper()
	s.until("files that grow", func() bool {
		var err error
		if parts, err = filepath.Glob(filepath.Join(folder, ".part-*[A-Z0-9]")); err != nil {
			s.t.Fatal(err)
		}
		for _, p := range parts {
			if info, err := os.Stat(p); err != nil || info.Size() < size {
				return false
			}
		}
		return len(parts) == count
	})
	return parts
}
