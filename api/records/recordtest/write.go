package recordtest

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"sluice/api/records/mux"
	"sluice/engine/media"
)

// Begin begins to write a film with the writer of a container into a file of that name, which is closed with the test.
func Begin[W mux.Writer](t testing.TB, name string, f Film, open func(mux.Output, []mux.Track) (W, error)) (W, *os.File) {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	var tracks []mux.Track
	for i, track := range f.Tracks {
		one, err := mux.Track{Track: track, First: f.First(i)}.Complete()
		if err != nil {
			t.Fatal(err)
		}
		tracks = append(tracks, one)
	}
	w, err := open(file, tracks)
	if err != nil {
		t.Fatal(err)
	}
	return w, file
}

// Write writes a film up to a time, and has it flushed every 300 ms of that.
func Write(t testing.TB, w mux.Writer, f Film, until time.Duration) {
	t.Helper()
	next := time.Duration(0)
	for _, i := range f.Items {
		if i.Unit.DTS >= until {
			break
		}
		if i.Unit.DTS >= next {
			next += 300 * time.Millisecond
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Write(i.Track, i.Unit); err != nil {
			t.Fatal(err)
		}
	}
}

// Sound is a small recording of one track of sound that nobody completed: ten units of so long, that all hold the same.
func Sound[W mux.Writer](
	t testing.TB, track media.Track, long time.Duration, unit []byte, open func(mux.Output, []mux.Track) (W, error),
) []byte {
	t.Helper()
	file := &Memory{}
	w, err := open(file, []mux.Track{{Track: track}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		at := time.Duration(i) * long
		if err := w.Write(0, &media.Unit{PTS: at, DTS: at, AU: [][]byte{unit}}); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	return file.B
}
