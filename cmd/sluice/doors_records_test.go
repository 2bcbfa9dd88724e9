package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

// TestRecordingsAreWhereWCSHasThem: pages ask for them where they are from, which with WCS is the port of the REST API, or on the web port.
func TestRecordingsAreWhereWCSHasThem(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{"cam.mp4": "0123456789", "cam.mp4.json": `{"stream":"cam","reason":"ended"}`} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := serveREST(t, t.TempDir(), "SLUICE_RECORDS_FOLDER="+folder)
	for address, want := range map[string]string{
		s.page + "/client/records/cam.mp4": "200 OK 0123456789", s.Base + "/client/records/cam.mp4": "200 OK 0123456789",
		s.Base + "/client/records/nobody.mp4": "404 Not Found resource_not_found\n",
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := s.HTTP.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(res.Body)
		_ = res.Body.Close() // all of it is read
		if got := res.Status + " " + string(text); err != nil || got != want {
			t.Errorf("%s: %q, %v", address, got, err)
		}
	}
}
