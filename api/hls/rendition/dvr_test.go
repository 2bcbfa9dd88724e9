package rendition

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"sluice/api/hls/playlist/conform"
	"sluice/engine/fault"
)

// taped is low with a DVR window of so many segments.
func taped(t testing.TB, segments int) Config {
	c := low()
	c.DVR = time.Duration(segments) * c.Segment
	c.Folder = filepath.Join(t.TempDir(), "some", "where")
	return c
}

func files(t testing.TB, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// steady writes segments, each when the disk has the one before.
func steady(a *author, segments int) {
	for range segments {
		a.segment()
		synctest.Wait()
	}
}

func TestTheDVRWindowIsOnDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := taped(t, 20)
		a := begun(t, c)
		steady(a, 5)
		fetches := []conform.Fetch{conform.Plain([]byte(text(t, a.Rendition)))}
		for range 30 {
			steady(a, 1)
			fetches = append(fetches, conform.Plain([]byte(text(t, a.Rendition))))
		}
		clean(t, conform.Check(fetches...))
		got := a.Totals()
		if got.Listed != 20 || len(files(t, c.Folder)) > 23 || got.Memory > 8*10*5 || got.Unstored != 0 {
			t.Errorf("%d files, %+v", len(files(t, c.Folder)), got)
		}
		first := text(t, a.Rendition)
		if !strings.Contains(first, "MEDIA-SEQUENCE:15\n") || !strings.Contains(first, "CAN-SKIP-UNTIL=12.0") {
			t.Errorf("got %s", first)
		}
		if s := body(t, a.Rendition, "k-s15.m4s"); s != "<151><152><153><154><155><156><157><158><159><160>" {
			t.Errorf("the oldest segment is %q", s)
		}
		refused(t, a.Rendition, "k-p150.m4s", fault.ResourceNotFound) // parts are for the live edge
		seek(t, a.Rendition)
		a.End()
		body(t, a.Rendition, "k-s15.m4s")
		a.Remove()
		if left := files(t, c.Folder); len(left) > 0 {
			t.Errorf("files are left: %v", left)
		}
		if _, err := os.Stat(c.Folder); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the folder is left: %v", err)
		}
	})
}

// seek reads part of a segment from the disk and of one from memory.
func seek(t *testing.T, r *Rendition) {
	t.Helper()
	for name, want := range map[string]string{"k-s15.m4s": "<152>", "k-s34.m4s": "<342>"} {
		m, err := r.Fetch(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		s := m.Seeker()
		if _, err := s.Seek(5, io.SeekStart); err != nil {
			t.Error(err)
		}
		got := make([]byte, 5)
		if _, err := io.ReadFull(s, got); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestLeftoversOfACrashGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := taped(t, 20)
		if err := os.MkdirAll(filepath.Join(c.Folder, "old-s7.m4s"), 0o700); err != nil { // a folder is none of ours
			t.Fatal(err)
		}
		for _, name := range []string{"old-s1.m4s", "old-s2.ts", "letter.txt"} {
			if err := os.WriteFile(filepath.Join(c.Folder, name), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		a := begun(t, c)
		steady(a, 1)
		if got := strings.Join(files(t, c.Folder), " "); got != "k-s0.m4s letter.txt old-s7.m4s" {
			t.Errorf("in the folder: %s", got)
		}
		a.Remove()
		if got := strings.Join(files(t, c.Folder), " "); got != "letter.txt old-s7.m4s" {
			t.Errorf("in the folder: %s", got)
		}
	})
}

// TestAFullDisk lets the disk fail for a while. The live stream goes on, and the playlist stays right.
func TestAFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		c := taped(t, 40)
		c.Log = slog.New(slog.NewTextHandler(&log, nil))
		a := begun(t, c)
		full := false
		a.disk.write = func(path string, data []byte) error {
			if full {
				return syscall.ENOSPC
			}
			return create(path, data)
		}
		steady(a, 30)
		before := text(t, a.Rendition)
		full = true
		fetches := []conform.Fetch{conform.Plain([]byte(before))}
		for range 30 {
			steady(a, 1)
			fetches = append(fetches, conform.Plain([]byte(text(t, a.Rendition))))
			if a.Totals().Memory > 9*50 {
				t.Fatalf("memory grows: %+v", a.Totals())
			}
		}
		clean(t, conform.Check(fetches...))
		if got := a.Totals(); got.Listed > 9 || got.Listed < 3 || got.Unstored == 0 || got.Disk != 0 {
			t.Errorf("totals %+v", got)
		}
		if n := strings.Count(log.String(), "level=ERROR"); n != 1 {
			t.Errorf("%d errors were logged: %s", n, log.String())
		}
		full = false
		steady(a, 45)
		if got := a.Totals(); got.Listed != 40 {
			t.Errorf("the window does not grow again: %+v", got)
		}
		if !strings.Contains(log.String(), "grows again") {
			t.Errorf("nothing tells of it: %s", log.String())
		}
		body(t, a.Rendition, a.name(isSegment, uint64(a.next-40), ".m4s"))
	})
}

// TestADiskThatFillsUp has room for ten segments: the window shrinks to about that, and not to nothing.
func TestADiskThatFillsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := taped(t, 100)
		a := begun(t, c)
		a.disk.write = func(path string, data []byte) error {
			if len(files(t, c.Folder)) >= 20 {
				return syscall.ENOSPC
			}
			return create(path, data)
		}
		fetches := []conform.Fetch{}
		for range 60 {
			steady(a, 1)
			fetches = append(fetches, conform.Plain([]byte(text(t, a.Rendition))))
		}
		clean(t, conform.Check(fetches...))
		if got := a.Totals(); got.Listed < 15 || got.Unstored != 0 {
			t.Errorf("totals %+v", got)
		}
	})
}

// queued is how many segments wait for the disk, and how much memory all that waits holds.
func (d *disk) queued() (segments, bytes int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, j := range d.queue {
		if j.segment != nil {
			segments, bytes = segments+1, bytes+len(j.segment.data)
		}
	}
	return segments, bytes
}

// TestASlowDisk holds one write for long: memory stays bounded, and nobody waits for the disk.
func TestASlowDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		c := taped(t, 100)
		c.Log = slog.New(slog.NewTextHandler(&log, nil))
		a := begun(t, c)
		gate := make(chan struct{})
		open := sync.OnceFunc(func() { close(gate) })
		defer open()
		a.disk.write = func(path string, data []byte) error {
			<-gate
			return create(path, data)
		}
		fetches := []conform.Fetch{}
		for range 60 {
			steady(a, 1)
			fetches = append(fetches, conform.Plain([]byte(text(t, a.Rendition))))
			if a.Totals().Memory > (9+behind)*50 {
				t.Fatalf("memory grows: %+v", a.Totals())
			}
			if n, bytes := a.disk.queued(); n > 9+behind || bytes > (9+behind)*50 {
				t.Fatalf("%d segments wait for the disk, of %d bytes", n, bytes)
			}
		}
		clean(t, conform.Check(fetches...))
		if n := strings.Count(log.String(), "the disk is too slow"); n != 1 || strings.Count(log.String(), "level=ERROR") != 1 {
			t.Errorf("it is to be told once: %s", log.String())
		}
		if got := a.Totals(); got.Unstored == 0 || got.Listed > 9+behind || got.Disk != 0 {
			t.Errorf("totals %+v", got)
		}
		open()
		synctest.Wait()
		steady(a, 20)
		if got := a.Totals(); got.Listed < 20 {
			t.Errorf("the window does not grow again: %+v", got)
		}
		if n := len(files(t, a.cfg.Folder)); n > a.Totals().Listed+3 {
			t.Errorf("%d files for %d segments", n, a.Totals().Listed)
		}
	})
}

func TestAFileThatSomebodyDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := taped(t, 20)
		a := begun(t, c)
		steady(a, 15)
		if err := os.RemoveAll(c.Folder); err != nil {
			t.Fatal(err)
		}
		refused(t, a.Rendition, "k-s0.m4s", fault.ResourceNotFound)
		steady(a, 3)
		if got := len(files(t, c.Folder)); got != 3 {
			t.Errorf("%d files in the folder, which was to be made again", got)
		}
	})
}

func TestAFolderThatCannotBe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := taped(t, 20)
		if err := os.WriteFile(filepath.Dir(filepath.Dir(c.Folder))+"/some", nil, 0o600); err != nil {
			t.Fatal(err)
		}
		a := begun(t, c)
		steady(a, 20)
		if got := a.Totals(); got.Listed < 3 || got.Unstored == 0 {
			t.Errorf("totals %+v", got)
		}
		text(t, a.Rendition)
	})
}
