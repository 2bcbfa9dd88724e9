package rtmp_test

import (
	"path/filepath"
	"strings"
	"testing"

	"sluice/engine/enginetest/program"
)

// launch are gst-launch-1.0's arguments for a pipeline.
func launch(text string) []string { return append([]string{"-q"}, strings.Fields(text)...) }

// TestGStreamerPublishesAndPlays has GStreamer's own RTMP, and librtmp's in its older elements.
func TestGStreamerPublishesAndPlays(t *testing.T) {
	program.Elements(t, "x264enc", "voaacenc", "flvmux")
	const source = "videotestsrc is-live=true ! video/x-raw,width=320,height=180,framerate=25/1 ! x264enc tune=zerolatency key-int-max=25 ! " +
		"h264parse ! flvmux name=m streamable=true ! "
	const sound = " audiotestsrc is-live=true ! voaacenc ! aacparse ! m."
	s := serve(t)
	at := "rtmp://" + s.host + "/live/"
	for _, row := range []struct{ name, sink, source string }{
		{"rtmp2", "rtmp2sink location=" + at + "rtmp2", "rtmp2src location=" + at + "rtmp2 num-buffers=300"},
		{"librtmp", "rtmpsink location=" + at + "librtmp", "rtmpsrc location=" + at + "librtmp num-buffers=300"},
	} {
		t.Run(row.name, func(t *testing.T) {
			program.Elements(t, strings.Fields(row.sink)[0], strings.Fields(row.source)[0])
			published := s.await("stream.published", row.name)
			program.Start(t, "gst-launch-1.0", launch(source+row.sink+sound)...)
			published()
			file := filepath.Join(t.TempDir(), "played.flv")
			program.Start(t, "gst-launch-1.0", launch(row.source+" ! filesink location="+file)...).Wait()
			if p := probe(t, file); p.codecs() != "h264 aac" || p.Streams[0].Width != 320 {
				t.Errorf("%+v", p)
			}
		})
	}
}
