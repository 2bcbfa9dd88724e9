package reel_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/api/vod/reel"
	"sluice/engine/enginetest/program"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// TestFilesOfFFmpeg has ffmpeg write films with pictures that are shown in another order than they are decoded in, in every container,
// and expects sound and pictures as far apart as they were written.
func TestFilesOfFFmpeg(t *testing.T) {
	if testing.Short() {
		t.Skip("needs time")
	}
	program.Need(t, "ffmpeg")
	dir := t.TempDir()
	film := func(name string, options ...string) []byte {
		t.Helper()
		out := filepath.Join(dir, name)
		line := slices.Concat([]string{"-v", "error", "-y"}, options, []string{out})
		program.Start(t, "ffmpeg", line...).Wait()
		b, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	bars := strings.Fields("-f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine=440:sample_rate=44100 -t 3 -bf 3 -g 25 -c:v libx264 -c:a aac")
	again := func(options string) []string {
		return append([]string{"-i", filepath.Join(dir, "a.mp4"), "-c", "copy"}, strings.Fields(options)...)
	}
	for _, c := range []struct {
		name    string
		options []string
		late    time.Duration // ffmpeg writes no edits into fragments, so that pictures begin later in them
	}{
		{"a.mp4", bars, 0}, {"a.mkv", bars, 0}, {"a.ts", bars, 0}, {"a.mov", again(""), 0}, {"a.flv", again(""), 0}, {"d.mp4", again("-movflags faststart"), 0},
		{"b.mp4", again("-movflags frag_keyframe+empty_moov"), 80 * time.Millisecond},
		{"c.mp4", again("-movflags frag_keyframe+separate_moof+default_base_moof"), 80 * time.Millisecond},
	} {
		p := play(t, c.name, film(c.name, c.options...))
		if p.units[0] != 75 || p.keys != 3 || p.units[1] < 128 || p.units[1] > 132 {
			t.Errorf("%s: %v units, %d keys", c.name, p.units, p.keys)
		}
		if !strings.Contains(p.tracks, "b-frames") || !strings.Contains(p.tracks, "aac 44100/1") {
			t.Errorf("%s: %s", c.name, p.tracks)
		}
		const priming = 1024 * time.Second / 44100 // of the sound, which MP4 says is not to be heard, and others may put anywhere
		if d := p.first[0].PTS - p.first[1].PTS - c.late; d < -priming-5*time.Millisecond || d > priming+5*time.Millisecond {
			t.Errorf("%s: pictures begin %v after the sound", c.name, d)
		}
		if d := p.last[0] - p.first[0].PTS; (d - 2960*time.Millisecond).Abs() > 5*time.Millisecond {
			t.Errorf("%s: pictures go on for %v", c.name, d)
		}
	}
	p := play(t, "a.mp3", film("a.mp3", strings.Fields("-f lavfi -i sine=440 -t 3")...))
	if !strings.HasPrefix(p.tracks, string(media.MP3)) || (p.last[0]-3*time.Second).Abs() > 100*time.Millisecond {
		t.Errorf("mp3: %s %v", p.tracks, p.last)
	}
	tone := strings.Fields("-f lavfi -i sine=440:sample_rate=48000 -t 3 -ac 1 -frame_duration 60 -c:a libopus")
	if p = play(t, "a.ogg", film("a.ogg", tone...)); p.tracks != "opus 48000/1" || p.units[0] != 51 || p.last[0] != 3*time.Second {
		t.Errorf("ogg: %s, %v units, the last at %v", p.tracks, p.units, p.last)
	}
	for name, options := range map[string]string{"vorbis.ogg": "-c:a libvorbis", "many.ogg": "-ac 6 -c:a libopus", "old.flv": "-c:a nellymoser -ar 22050 -ac 1"} {
		b := film(name, strings.Fields("-f lavfi -i sine=440 -t 1 "+options)...)
		_, err := reel.Open(bytes.NewReader(b), int64(len(b)))
		if fault.CodeOf(err) != fault.CodecNotAvailable || name == "vorbis.ogg" && !strings.Contains(err.Error(), "Vorbis") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
