package store

import (
	"strings"
	"testing"
	"testing/fstest"

	"sluice/engine/spec"
)

// A file that is too large is told with its true size, and not read; at the limit it is.
func TestTooLarge(t *testing.T) {
	for _, c := range []struct {
		size int
		want string
	}{
		{sizeLimit, ""},
		{sizeLimit + 1, "the file has 1048577 bytes, more than 1048576"},
		{10 << 20, "the file has 10485760 bytes, more than 1048576"},
	} {
		text := graph("") + "#"
		text += strings.Repeat(" ", c.size-len(text))
		f := readFile(fstest.MapFS{"a.yaml": {Data: []byte(text)}}, "a.yaml", scanning{shown: "graphs"})
		switch {
		case c.want == "" && (f.failed() || len(f.graphs) != 1):
			t.Errorf("%d bytes: %v", c.size, f.diags)
		case c.want != "" && (len(f.diags) != 1 || f.diags[0].Code != spec.CodeFileTooLarge || f.diags[0].Msg != c.want):
			t.Errorf("%d bytes: %v", c.size, f.diags)
		}
	}
}
