package packager_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"sluice/api/hls/packager"
	"sluice/api/hls/rendition"
	"sluice/engine/enginetest/program"
)

// TestGStreamerPlays has GStreamer decode pictures and sound to their end, which it refuses of what it cannot read.
func TestGStreamerPlays(t *testing.T) {
	program.Need(t, "gst-launch-1.0", "ffmpeg")
	const both = pictureInput + soundInput
	for _, c := range []struct {
		name, args string
		form       rendition.Form
	}{
		{"fragments of h264 and aac", both + "-c:v libx264 -preset ultrafast -g 25 -bf 2 -c:a aac", rendition.FMP4},
		{"fragments of h265 and opus", both + "-c:v libx265 -preset ultrafast -x265-params log-level=none -g 25 -c:a libopus", rendition.FMP4},
		{"fragments of h264 and mp3", both + "-c:v libx264 -preset ultrafast -g 25 -c:a libmp3lame", rendition.FMP4},
		{"transport stream of h264 and aac", both + "-c:v libx264 -preset ultrafast -g 25 -bf 2 -c:a aac", rendition.TS},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := pack(t, packager.Config{Form: c.form, Segment: time.Second, Part: 200 * time.Millisecond}, shoot(t, c.args))
			name := filepath.Join(t.TempDir(), "packed")
			if err := os.WriteFile(name, r.chapters[0].file(), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := program.Try(t, "gst-launch-1.0", "-q", "filesrc", "location="+name, "!", "decodebin", "name=d",
				"d.", "!", "queue", "!", "video/x-raw", "!", "fakesink", "d.", "!", "queue", "!", "audio/x-raw", "!", "fakesink")
			if err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
