package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// TestFoldersAreFoundFromTheFile: those written there lie beside the file, however they are written; those of the environment where
// the server was started.
func TestFoldersAreFoundFromTheFile(t *testing.T) {
	dir := t.TempDir()
	for _, row := range []struct {
		written, env string
		want         []string
	}{
		{"[media, /srv/media]", "", []string{filepath.Join(dir, "media"), "/srv/media"}},
		{"media, /srv/media", "", []string{filepath.Join(dir, "media"), "/srv/media"}},
		{"media", "here,there", []string{"here", "there"}},
	} {
		file := filepath.Join(dir, "sluice.yaml")
		if err := os.WriteFile(file, []byte("rest:\n  folders: "+row.written+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		o := Options{File: file}
		if row.env != "" {
			o.Env = []string{"SLUICE_REST_FOLDERS=" + row.env}
		}
		got, found, err := Load(o)
		if err != nil || len(found) > 0 {
			t.Fatal(found, err)
		}
		if !reflect.DeepEqual(got.REST.Folders, row.want) {
			t.Errorf("%q, %q: %q", row.written, row.env, got.REST.Folders)
		}
	}
}

// TestHostsOfCallers: only what the API can hold a graph's addresses against is taken.
func TestHostsOfCallers(t *testing.T) {
	for _, host := range []string{"*", "private", "cam.example.org", "cam.example.org:554", "*.example.org", "192.0.2.1", "10.1.0.0/16", "[2001:db8::1]:80"} {
		good(t, "rest: {hosts: ['"+host+"']}")
	}
	for _, host := range []string{"http://cam.example.org", "cam.*.org", "10.1.0.0/33", "cam example", "cam:port", ""} {
		got, found := load(t, "rest: {hosts: ['"+host+"']}")
		if got != nil || len(found) != 1 || !strings.Contains(found[0], `"rest.hosts[0]"`) || !strings.Contains(found[0], "neither a host nor a network") {
			t.Errorf("%q: %v", host, found)
		}
	}
}
