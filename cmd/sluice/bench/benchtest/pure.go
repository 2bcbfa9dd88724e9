package benchtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"sluice/engine/enginetest"
)

// Pure is sluice as it is now, without GStreamer, which is built anew if anything has changed; or what SLUICE_BENCH_PROGRAM says.
func Pure(b *testing.B) string {
	b.Helper()
	if path := os.Getenv("SLUICE_BENCH_PROGRAM"); path != "" {
		return path
	}
	path := filepath.Join(root(b), "out", "bench", "sluice")
	cmd := exec.CommandContext(b.Context(), "go", "build", "-tags", "nogst", "-o", path, "sluice/cmd/sluice") //nolint:gosec // our own
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return path
}

// FreeUDP is a UDP port on loopback that nobody has now.
func FreeUDP(b *testing.B) uint16 {
	b.Helper()
	return uint16(enginetest.FreeUDP(b))
}
