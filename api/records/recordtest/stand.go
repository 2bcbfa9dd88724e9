package recordtest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"sluice/api/records/name"
	"sluice/api/records/shelf"
)

// Stand is a shelf with one finished recording of a stream, whose file is called so and holds whatever data. It is closed with the test.
func Stand(t testing.TB, file, stream string, data []byte) (*shelf.Shelf, shelf.Recording) {
	t.Helper()
	folder := t.TempDir()
	at := filepath.Join(folder, filepath.FromSlash(file))
	if err := os.MkdirAll(filepath.Dir(at), 0o750); err != nil {
		t.Fatal(err)
	}
	side, err := json.Marshal(map[string]any{"stream": stream, "duration": 1000, "reason": shelf.Ended})
	if err != nil {
		t.Fatal(err)
	}
	for path, b := range map[string][]byte{at: data, at + ".json": side} {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	template, err := name.Parse("x")
	if err != nil {
		t.Fatal(err)
	}
	s := shelf.New()
	if err := s.Open(shelf.Options{Folder: folder, Template: template}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	r, err := s.Find(file)
	if err != nil {
		t.Fatal(err)
	}
	return s, r
}
