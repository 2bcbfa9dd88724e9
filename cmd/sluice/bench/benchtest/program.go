package benchtest

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// Patience is longer than anything takes that is waited for; nothing is expected to take it.
const Patience = time.Minute

// Program is the built sluice, which has GStreamer in it. Without one the benchmark is skipped.
func Program(b testing.TB) string {
	b.Helper()
	path := os.Getenv("SLUICE_BENCH_PROGRAM")
	if path == "" {
		path = filepath.Join(root(b), "bin", "sluice")
	}
	if _, err := os.Stat(path); err != nil { //nolint:gosec // whoever measures says what
		b.Skipf("there is no program to measure; `make build` makes it: %v", err)
	}
	var version struct {
		GStreamer bool `json:"gstreamer"`
	}
	if err := json.Unmarshal(Output(b, path, "version", "--json"), &version); err != nil {
		b.Fatal(err)
	}
	if !version.GStreamer {
		b.Skip("bin/sluice is without GStreamer")
	}
	return path
}

// root is the folder of the module.
func root(b testing.TB) string {
	b.Helper()
	folder, err := filepath.Abs(".")
	if err != nil {
		b.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		above := filepath.Dir(folder)
		if above == folder {
			b.Fatal("this is not below the folder of a module")
		}
		folder = above
	}
}

// Output runs a program and gives what it writes.
func Output(b testing.TB, path string, args ...string) []byte {
	b.Helper()
	var said bytes.Buffer
	cmd := exec.CommandContext(b.Context(), path, args...) //nolint:gosec // the program that is measured
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("%s %v: %v\n%s", filepath.Base(path), args, err, &said)
	}
	return out
}

// Number is how much of something is measured: what the environment says in SLUICE_BENCH_ and the name, or the usual.
func Number(b testing.TB, name string, usual int) int {
	b.Helper()
	text := os.Getenv("SLUICE_BENCH_" + name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		b.Fatalf("SLUICE_BENCH_%s is %q, which is no number above 0", name, text)
	}
	return n
}

// Until looks again and again, so often, whether something has come about that nobody tells of.
func Until(b testing.TB, what string, every time.Duration, so func() bool) {
	b.Helper()
	tick := time.NewTicker(every)
	defer tick.Stop()
	limit := time.NewTimer(Patience)
	defer limit.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-limit.C:
			b.Fatalf("waited in vain for %s", what)
		}
	}
}
