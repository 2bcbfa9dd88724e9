package program

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Elements is Need for elements of GStreamer.
func Elements(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names { // not --exists, which says no to nicesrc: its plugin counts versions otherwise
		if said, err := Try(t, "gst-inspect-1.0", name); err != nil {
			Lacking(t, "GStreamer's "+name, said)
		}
	}
}

// Compile compiles a program in C with libraries, as pkg-config calls them, and gives its path. Where they are not installed it is as Need.
func Compile(t testing.TB, source string, libraries ...string) string {
	t.Helper()
	Need(t, "pkg-config", "cc")
	flags, err := Try(t, "pkg-config", append([]string{"--cflags", "--libs"}, libraries...)...)
	if err != nil {
		Lacking(t, strings.Join(libraries, " "), flags)
	}
	out := filepath.Join(t.TempDir(), strings.TrimSuffix(filepath.Base(source), ".c"))
	Start(t, "cc", append([]string{"-Wall", "-o", out, source}, strings.Fields(flags)...)...).Wait()
	return out
}

// Lacking skips a test for which something is missing, or fails it where everything has to be there, as in `make test`.
func Lacking(t testing.TB, what, why string) {
	t.Helper()
	if os.Getenv("SLUICE_REQUIRE_GST") != "" {
		t.Fatalf("%s is not installed: %s", what, why)
	}
	t.Skipf("%s is not installed", what)
}
