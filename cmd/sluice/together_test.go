package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/api/records/shelf"
)

// together runs the verb.
func together(t *testing.T, args ...string) (code int, out, said string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), append([]string{"together"}, args...), nil, &o, &e)
	return code, strings.TrimSpace(o.String()), e.String()
}

// taped makes a file as a server leaves it, that was begun at a time; empty if there is none already.
func taped(t *testing.T, file string, began time.Time) {
	t.Helper()
	beside, err := json.Marshal(shelf.Recording{Name: filepath.Base(file), Started: began, Reason: shelf.Ended})
	if err == nil {
		err = os.WriteFile(file+".json", beside, 0o600)
	}
	if _, none := os.Stat(file); err == nil && none != nil {
		err = os.WriteFile(file, nil, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestTogether(t *testing.T) {
	folder, at := t.TempDir(), time.Unix(1e9, 0)
	in := func(name string) string { return filepath.Join(folder, name) }
	taped(t, in("host.mp4"), at.Add(1500*time.Millisecond))
	taped(t, in("guest.webm"), at)
	taped(t, in("never.mp4"), time.Time{})
	if err := os.WriteFile(in("alone.mp4"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, said := together(t, "--width", "640", "--height", "360", in("host.mp4"), in("guest.webm"))
	want := `[{"at":1500000000,"file":"` + in("host.mp4") + `","height":360,"width":320,"x":0,"y":0},` +
		`{"at":0,"file":"` + in("guest.webm") + `","height":360,"width":320,"x":320,"y":0}]`
	if code != exitOK || out != want {
		t.Errorf("%d %s\n%s\n%s", code, said, out, want)
	}
	for file, words := range map[string]string{
		in("none.mp4"): "there is no such recording", in("alone.mp4"): "nothing is known of this file", in("never.mp4"): "does not say when",
	} {
		if code, out, said := together(t, in("host.mp4"), file); code != exitIO || out != "" || !strings.Contains(said, words) || !strings.Contains(said, file) {
			t.Errorf("%s: %d %s %s", file, code, out, said)
		}
	}
	if code, _, _ := together(t); code != exitUsage {
		t.Error(code)
	}
}
