//go:build cgo && !nogst

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	_ "image/jpeg" // decodes thumbnails
	_ "image/png"  // decodes snapshots
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sluice/engine/enginetest/program"
)

// sends has ffmpeg publish red pictures of 320x180 over RTSP until the test is over.
func sends(t *testing.T, coder, url string) {
	t.Helper()
	send := exec.Command("ffmpeg", strings.Fields("-v error -re -f lavfi -i color=red:s=320x180:r=25 -pix_fmt yuv420p -c:v "+coder+
		" -f rtsp -rtsp_transport tcp "+url)...)
	var said bytes.Buffer
	send.Stderr = &said
	if err := send.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = send.Process.Kill()
		_ = send.Wait()
		if t.Failed() {
			t.Logf("ffmpeg: %s", &said)
		}
	})
}

// red tells the format and size of a picture, and whether it is red all over.
func red(t *testing.T, file []byte) string {
	t.Helper()
	img, format, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		t.Errorf("%d bytes: %v", len(file), err)
		return ""
	}
	b := img.Bounds()
	for _, p := range []image.Point{b.Min, {b.Dx() / 2, b.Dy() / 2}, b.Max.Sub(image.Pt(1, 1))} {
		if r, g, b, _ := img.At(p.X, p.Y).RGBA(); r < 0xc000 || g > 0x4000 || b > 0x4000 {
			return fmt.Sprintf("%s with %x %x %x at %v", format, r, g, b, p)
		}
	}
	return fmt.Sprintf("%s %dx%d", format, b.Dx(), b.Dy())
}

// snapshot takes a picture by the API that is compatible with WCS.
func (s *restServer) snapshot(stream string) []byte {
	s.t.Helper()
	a := s.Call(s.t, "POST /rest-api/stream/snapshot", J{"streamName": stream})
	var got struct{ Data []byte }
	if err := json.Unmarshal([]byte(a.Text), &got); err != nil || a.StatusCode != http.StatusOK {
		s.t.Fatalf("%s %.300s %v", a.Status, a.Text, err)
	}
	return got.Data
}

// TestSnapshotOfEveryCodec: whatever a stream is coded in there is a picture of it. Those of browsers are in Chromium's scenarios.
func TestSnapshotOfEveryCodec(t *testing.T) {
	t.Parallel()
	program.Need(t, "ffmpeg")
	s, _, rtsp := serveOld(t)
	for codec, coder := range map[string]string{
		"h264": "libx264 -preset ultrafast -tune zerolatency -g 25", "bframes": "libx264 -preset veryfast -bf 3 -g 50",
		"h265": "libx265 -preset ultrafast -x265-params log-level=none:keyint=25:repeat-headers=1", "vp8": "libvpx -deadline realtime -cpu-used 8 -g 25",
		"vp9": "libvpx-vp9 -deadline realtime -cpu-used 8 -g 25 -strict experimental", "mjpeg": "mjpeg -color_range pc -huffman default",
	} {
		sends(t, coder, "rtsp://"+rtsp+"/"+codec)
		s.published(codec)
		want := "png 320x180"
		if codec == "mjpeg" {
			want = "png 320x184" // RFC 2435 3.1.5: heights are told in eights
		}
		if got := red(t, s.snapshot(codec)); got != want {
			t.Errorf("%s: %s", codec, got)
		}
	}
	if a := s.Call(t, "POST /rest-api/stream/snapshot", J{"streamName": "nobody"}); a.StatusCode != http.StatusNotFound {
		t.Error(a.Status, a.Text)
	}
}

// TestThumbnails: what is published has its picture in the folder, scaled, and a newer one later.
func TestThumbnails(t *testing.T) {
	program.Need(t, "ffmpeg")
	folder := t.TempDir()
	s, rtmp, _ := serveOld(t, "SLUICE_THUMBNAILS_FOLDER="+folder, "SLUICE_THUMBNAILS_EVERY=1s", "SLUICE_THUMBNAILS_WIDTH=160")
	encoder(t, "red", "rtmp://"+rtmp+"/live/cam", "-f", "flv")
	var first os.FileInfo
	s.until("a picture", func() bool {
		var err error
		first, err = os.Stat(filepath.Join(folder, "cam.jpg"))
		return err == nil
	})
	s.until("a newer one", func() bool {
		next, err := os.Stat(filepath.Join(folder, "cam.jpg"))
		return err == nil && !os.SameFile(first, next)
	})
	file, err := os.ReadFile(filepath.Join(folder, "cam.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	if got := red(t, file); got != "jpeg 160x90" {
		t.Error(got)
	}
}
