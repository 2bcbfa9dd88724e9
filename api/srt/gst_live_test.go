package srt_test

import (
	"os"
	"path/filepath"
	"testing"

	"sluice/engine/enginetest/program"
)

// TestGStreamerPublishesAndPlays has its elements, and srt-live-transmit, do it, encrypted.
func TestGStreamerPublishesAndPlays(t *testing.T) {
	t.Parallel()
	s := serve(t)
	there := s.await("stream.published", "cam")
	program.Start(t, "gst-launch-1.0", "-q", "-e", "mpegtsmux", "name=m", "alignment=7", "!", "srtsink",
		"uri=srt://"+s.host+"?streamid=publish:cam", "wait-for-connection=false",
		"videotestsrc", "is-live=true", "!", "video/x-raw,width=320,height=180,framerate=25/1", "!",
		"x264enc", "tune=zerolatency", "speed-preset=ultrafast", "key-int-max=25", "!", "h264parse", "!", "m.",
		"audiotestsrc", "is-live=true", "!", "audioconvert", "!", "avenc_aac", "!", "aacparse", "!", "m.")
	there()
	info, _ := s.engine.Streams().Stream("cam")
	if len(info.Tracks) != 2 || info.Tracks[0].Track.BFrames {
		t.Errorf("published %v", info.Tracks)
	}
	dir := t.TempDir()
	mkv, ts := filepath.Join(dir, "got.mkv"), filepath.Join(dir, "got.ts")
	gst := program.Start(t, "gst-launch-1.0", "-q", "-e", "srtsrc", "uri=srt://"+s.host+"?streamid=read:cam", "num-buffers=250", "!",
		"tsdemux", "name=d", "d.", "!", "queue", "!", "h264parse", "!", "matroskamux", "name=m", "!", "filesink", "location="+mkv,
		"d.", "!", "queue", "!", "aacparse", "!", "m.")
	out, err := os.Create(ts)
	if err != nil {
		t.Fatal(err)
	}
	transmit := program.Command(t, "srt-live-transmit", "-q", "-to:3", "srt://"+s.host+"?streamid=read:cam&latency=200", "file://con")
	transmit.Stdout = out
	said := last(program.Run(t, transmit))
	_ = out.Close()
	t.Logf("srt-live-transmit said %s, and GStreamer %s", said, last(gst))
	for _, file := range []string{mkv, ts} {
		lines := probe(t, file)
		if len(lines) != 2 || number(t, lines[0], "nb_read_frames") < 20 || number(t, lines[1], "nb_read_frames") < 20 {
			t.Errorf("%s has %v", filepath.Base(file), lines)
		}
	}
}
