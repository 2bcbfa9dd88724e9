package demand

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pion/webrtc/v4/pkg/media/ivfreader"
)

// The source is what a good camera gives: 720p30 of something that moves all over, in VP8 with a key frame every two seconds.
const (
	fps     = 30
	seconds = 15
	picture = "video/x-raw,format=I420,width=1280,height=720,framerate=30/1"
)

// source is the same pictures twice: as frames for the publisher, and in a file for gst-launch-1.0.
type source struct {
	frames [][]byte
	webm   string
}

func makeSource(b *testing.B) *source {
	b.Helper()
	dir := b.TempDir()
	s := &source{webm: filepath.Join(dir, "source.webm")}
	ivf := filepath.Join(dir, "source.ivf")
	line := fmt.Sprintf("videotestsrc pattern=zone-plate kx2=12 ky2=12 kt=3 num-buffers=%d ! %s ! "+
		"vp8enc deadline=1 cpu-used=8 lag-in-frames=0 keyframe-max-dist=%d target-bitrate=2000000 end-usage=cbr threads=2 ! tee name=t ! "+
		"queue ! avmux_ivf ! filesink location=%s t. ! queue ! webmmux ! filesink location=%s", fps*seconds, picture, 2*fps, ivf, s.webm)
	if said, err := launch(b.Context(), line).CombinedOutput(); err != nil {
		b.Fatalf("the source: %v\n%s", err, said)
	}
	f, err := os.Open(ivf)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r, _, err := ivfreader.NewWith(f)
	for err == nil {
		var frame []byte
		if frame, _, err = r.ParseNextFrame(); err == nil {
			s.frames = append(s.frames, frame)
		}
	}
	if !errors.Is(err, io.EOF) || len(s.frames) != fps*seconds {
		b.Fatalf("the source has %d frames: %v", len(s.frames), err)
	}
	return s
}

// launch is gst-launch-1.0 with a pipeline.
func launch(ctx context.Context, line string) *exec.Cmd {
	return exec.CommandContext(ctx, "gst-launch-1.0", append([]string{"-q"}, strings.Fields(line)...)...)
}
