// Package hazard brings tests a GStreamer element that misbehaves. hazard takes anything and gives it on unchanged, and
// after so many buffers, its property after, does what its property mode says:
//
//	none         nothing
//	segv         writes to address 0
//	abort        aborts the process
//	exit         ends the process with status 3
//	wedge-chain  never returns from a buffer, so that no change of state does
//	wedge-state  never returns from starting if after is 0, else from stopping
//	error        posts an error and refuses all further buffers
//	flood        sends one buffer on and on, until nobody takes it
//	slow         waits before every buffer, as many milliseconds as the property delay says
//	leak         keeps a megabyte of memory for every buffer
//
// When segv, abort, exit, flood or a wedge strikes, the line "hazard: MODE" goes to standard error, for tests to wait for.
//
// The plugin is C, compiled by each test that wants it; nothing of it is in sluice. The package is for tests only.
package hazard

import (
	_ "embed"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

//go:embed plugin/hazard.c
var source []byte

// Build compiles the plugin into a new directory that goes with the test, and gives the environment under which a process
// finds it: append it to that of a command, or set it before this process starts GStreamer. GStreamer's list of plugins is
// in that directory, too, and up to date, so that the user's own is left alone and workers need not search. It skips where
// there is no compiler or no GStreamer to compile against.
func Build(t testing.TB) (env []string) {
	t.Helper()
	dir := t.TempDir()
	code, plugin, list := filepath.Join(dir, "hazard.c"), filepath.Join(dir, "libgsthazard.so"), filepath.Join(dir, "registry.bin")
	if err := os.WriteFile(code, source, 0o600); err != nil {
		t.Fatal(err)
	}
	flags, err := exec.CommandContext(t.Context(), "pkg-config", "--cflags", "--libs", "gstreamer-base-1.0").Output()
	if err != nil {
		t.Skipf("no headers of GStreamer: %v; .ci/setup build installs them", err)
	}
	args := append([]string{"-shared", "-fPIC", "-O0", "-Wall", "-Werror", "-o", plugin, code}, strings.Fields(string(flags))...)
	//nolint:gosec // the words are pkg-config's and ours
	if out, err := exec.CommandContext(t.Context(), "gcc", args...).CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	seed(list)
	env = []string{"GST_PLUGIN_PATH=" + dir, "GST_REGISTRY=" + list}
	look := exec.CommandContext(t.Context(), "gst-inspect-1.0", "hazard") // not --exists, which asks for its own version
	look.Env = append(os.Environ(), env...)
	if out, err := look.CombinedOutput(); err != nil {
		t.Fatalf("GStreamer does not load the plugin: %v\n%s", err, out)
	}
	return env
}

// seed begins the list of plugins with the user's, if there is one: reading all plugins anew takes a second.
func seed(list string) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return
	}
	found, err := filepath.Glob(filepath.Join(cache, "gstreamer-1.0", "registry.*.bin"))
	if err != nil || len(found) == 0 {
		return
	}
	if data, err := os.ReadFile(found[0]); err == nil {
		_ = os.WriteFile(list, data, 0o600) //nolint:gosec // a test's own file; without it the list is made anew
	}
}
