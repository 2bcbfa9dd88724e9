package srt_test

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"sluice/engine/enginetest/program"
)

// probe has ffprobe look at a file: what it says of each stream, with how many frames there are.
func probe(t testing.TB, file string) []string {
	t.Helper()
	out := program.Output(t, "ffprobe", strings.Fields("-v error -count_frames -show_entries "+
		"stream=codec_name,start_time,nb_read_frames,has_b_frames -of compact=nk=0:p=0 "+file)...)
	t.Logf("%s: %s", filepath.Base(file), out)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if n := len(lines); n > 2 { // those of a program, and once more those of the file
		lines = lines[:n/2]
	}
	return lines
}

// value finds one in a line of probe's.
func value(t testing.TB, line, key string) string {
	t.Helper()
	for pair := range strings.SplitSeq(line, "|") {
		if v, ok := strings.CutPrefix(pair, key+"="); ok {
			return v
		}
	}
	t.Fatalf("no %s in %q", key, line)
	return ""
}

func number(t testing.TB, line, key string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(value(t, line, key), 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// whole looks whether a file of two seconds has all the pictures and sound, and both at the same time.
func whole(t testing.TB, file, video, audio string) {
	t.Helper()
	lines := probe(t, file)
	if len(lines) != 2 || value(t, lines[0], "codec_name") != video || value(t, lines[1], "codec_name") != audio {
		t.Fatalf("the file has %v", lines)
	}
	if n := number(t, lines[0], "nb_read_frames"); n < 45 || n > 55 {
		t.Errorf("%v pictures in two seconds", n)
	}
	if apart := number(t, lines[0], "start_time") - number(t, lines[1], "start_time"); apart < -0.1 || apart > 0.1 {
		t.Errorf("sound and pictures begin %v s apart", apart)
	}
}

func TestFFmpegPublishesAndPlays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, codecs, video, audio string }{
		{"usual", simple, "h264", "aac"},
		{"b-frames", "-c:v libx264 -g 25 -bf 2 -pix_fmt yuv420p -c:a libopus", "h264", "opus"},
		{"h265", "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=25 -pix_fmt yuv420p -c:a ac3", "hevc", "ac3"},
		{"mpeg audio", strings.Replace(simple, "aac", "libmp3lame", 1), "h264", "mp3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t)
			there := s.await("stream.published", "live/cam")
			publish(t, s.host, "publish:live/cam", "", c.codecs)
			there()
			info, _ := s.engine.Streams().Stream("live/cam")
			if b := info.Tracks[0].Track.BFrames; b != (c.name == "b-frames" || c.name == "h265") {
				t.Errorf("b-frames: %v", b)
			}
			file := filepath.Join(t.TempDir(), "got.ts")
			last(play(t, s.host, "#!::r=live/cam", "", file, "2"))
			whole(t, file, c.video, c.audio)
		})
	}
}
