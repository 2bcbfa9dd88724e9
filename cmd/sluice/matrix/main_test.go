package matrix

import (
	"os"
	"testing"

	"sluice/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// needMatrix skips what takes minutes and real programs, unless somebody has asked for it.
func needMatrix(t *testing.T) {
	t.Helper()
	if os.Getenv("SLUICE_MATRIX") == "" {
		t.Skip("takes minutes, ffmpeg and GStreamer; `make matrix` runs it")
	}
}

// lacking skips the test, or has it fail where everything has to be there, as in `make test`.
func lacking(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("SLUICE_REQUIRE_GST") != "" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}
