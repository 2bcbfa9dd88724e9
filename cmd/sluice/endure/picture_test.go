//go:build cgo && !nogst

package endure

import (
	"bytes"
	"fmt"
	"os/exec"
	"testing"
)

// picture is a key frame of H.264 of one colour, as NAL units.
type picture [][]byte

// paint makes a picture.
func paint(t *testing.T, colour string, width, height int) picture {
	t.Helper()
	text, err := exec.CommandContext(t.Context(), "ffmpeg", "-hide_banner", "-loglevel", "error", "-f", "lavfi", "-i",
		fmt.Sprintf("color=%s:size=%dx%d:rate=1", colour, width, height), "-frames:v", "1", "-pix_fmt", "yuv420p", "-c:v", "libx264",
		"-profile:v", "baseline", "-bsf:v", "filter_units=remove_types=6", "-f", "h264", "pipe:1").Output()
	if err != nil {
		t.Fatalf("a picture in %s: %v", colour, err)
	}
	var out picture
	for _, nal := range bytes.Split(text, []byte{0, 0, 1}) {
		if nal = bytes.TrimRight(nal, "\x00"); len(nal) > 0 {
			out = append(out, nal)
		}
	}
	if len(out) < 3 {
		t.Fatalf("a picture in %s of %d NAL units", colour, len(out))
	}
	return out
}

// film is what a guest shows: one colour, and another while it flashes.
type film struct{ plain, flash picture }

// films are those of every guest, in two sizes.
func films(t *testing.T) []film {
	t.Helper()
	return []film{
		{paint(t, "black", 160, 90), paint(t, "white", 160, 90)},
		{paint(t, "black", 320, 240), paint(t, "white", 320, 240)},
	}
}
