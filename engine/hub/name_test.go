package hub

import (
	"errors"
	"strings"
	"testing"

	"sluice/engine/fault"
)

func TestNames(t *testing.T) {
	for name, good := range map[string]bool{
		"cam": true, "live/cam": true, "a#room": true, "rtsp://host:554/a//b?x=1": true, "vod://file.mp4": true, "кам ера": true, "cam-720p": true,
		"a.b..c": true, "...": true, strings.Repeat("n", MaxName): true,
		"": false, "..": false, ".": false, "../cam": false, "a/../b": false, "a/..": false, `a\..\b`: false, `a\b`: false, "/cam": false, "cam/": false,
		"a//b": false, "a\x00b": false, "a\nb": false, "a\u202eb": false, "a\u200bb": false, "\xff": false, "rtsp://host/../../etc": false, "://x": false,
		strings.Repeat("n", MaxName+1): false,
	} {
		err := CheckName(name)
		if (err == nil) != good {
			t.Errorf("%.40q: %v", name, err)
		}
		if err != nil && !errors.Is(err, fault.InvalidRequest) {
			t.Errorf("%.40q: code %q", name, fault.CodeOf(err))
		}
	}
}

// FuzzName holds that a name which is taken is a path of an event, below which nothing leads out.
func FuzzName(f *testing.F) {
	for _, seed := range []string{"cam", "a/../b", "rtsp://h/x", "a#b", "..", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if CheckName(name) != nil {
			return
		}
		for _, part := range append([]string{name}, splitAll(name)...) {
			if part == ".." || part == "." {
				t.Errorf("%q leads out", name)
			}
		}
	})
}

func splitAll(name string) []string {
	var parts []string
	start := 0
	for i := range len(name) {
		if name[i] == '/' || name[i] == '\\' {
			parts = append(parts, name[start:i])
			start = i + 1
		}
	}
	return append(parts, name[start:])
}
