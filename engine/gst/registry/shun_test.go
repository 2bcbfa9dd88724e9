//go:build cgo && !nogst

package registry

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestShun: who asks GStreamer for a decoder of AAC does not get one that is shunned, here and in processes to come. It runs in a
// process of its own, because ranks stay as they are.
func TestShun(t *testing.T) {
	const child = "SLUICE_SHUN"
	if os.Getenv(child) == "" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestShun$", "-test.v")
		cmd.Env = append(os.Environ(), child+"=1", ranks+"=vp8enc:1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	l := live(t)
	names := []string{"faad", "no-such-element"}
	if err := Shun(names); err != nil {
		t.Fatal(err)
	}
	if f := factory(t, l, "faad"); f.Rank != 0 {
		t.Errorf("faad has the rank %d", f.Rank)
	}
	if got := os.Getenv(ranks); got != "vp8enc:1,faad:NONE,no-such-element:NONE" {
		t.Errorf("processes are told %q", got)
	}
	out, err := exec.CommandContext(t.Context(), "gst-inspect-1.0", "faad").Output()
	if err != nil {
		t.Skip("gst-inspect-1.0 is missing")
	}
	if !strings.Contains(string(out), "none (0)") {
		t.Errorf("in another process it is\n%.200s", out)
	}
}
