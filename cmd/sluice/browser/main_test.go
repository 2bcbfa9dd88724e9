package browser

import (
	"os"
	"testing"

	"sluice/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// needBrowser skips a test that no browser is asked for.
func needBrowser(t *testing.T) {
	t.Helper()
	if os.Getenv("SLUICE_BROWSER") == "" {
		t.Skip("needs Chromium and packages from npm; `make browser` installs them and runs this")
	}
}
