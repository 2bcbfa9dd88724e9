package packager_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sluice/api/hls/packager"
	"sluice/api/hls/rendition"
	"sluice/engine/enginetest/program"
	"sluice/engine/media"
)

// films are the combinations of codecs, with what players are told of them.
func films() []struct{ name, args, codecs string } {
	const (
		h264 = "-c:v libx264 -preset ultrafast -g 25 -bf 2 "
		h265 = "-c:v libx265 -preset ultrafast -x265-params log-level=none -g 25 "
		av1  = "-c:v libsvtav1 -preset 12 -g 25 "
		aac  = "-c:a aac "
		opus = "-c:a libopus -ar 48000 "
		mp3  = "-c:a libmp3lame "
		ac3  = "-c:a ac3 "
		both = pictureInput + soundInput
	)
	return []struct{ name, args, codecs string }{
		{"h264 with B-frames and aac", both + h264 + aac, "avc1.,mp4a.40.2"},
		{"h264 and opus", both + h264 + opus, "avc1.,Opus"},
		{"h264 and mp3", both + h264 + mp3, "avc1.,mp4a.40.34"},
		{"h264 and ac3", both + h264 + ac3, "avc1.,ac-3"},
		{"h265 and aac", both + h265 + aac, "hvc1.,mp4a.40.2"},
		{"h265 and opus", both + h265 + opus, "hvc1.,Opus"},
		{"av1 and aac", both + av1 + aac, "av01.,mp4a.40.2"},
		{"av1 and opus", both + av1 + opus, "av01.,Opus"},
		{"h264 alone", pictureInput + h264, "avc1."},
		{"av1 alone", pictureInput + av1, "av01."},
		{"aac alone", soundInput + aac, "mp4a.40.2"},
		{"opus alone", soundInput + opus, "Opus"},
		{"mp3 of 44.1 kHz alone", soundInput + mp3 + "-ar 44100", "mp4a.40.34"},
		{"h264 of 24 pictures a second and sound of 44.1 kHz",
			strings.Replace(both, "rate=25", "rate=24", 1) + "-c:v libx264 -preset ultrafast -g 24 -tune zerolatency -c:a aac -ar 44100", "avc1.,mp4a.40.2"},
	}
}

func TestFFmpegPlaysFragments(t *testing.T) {
	for _, c := range films() {
		t.Run(c.name, func(t *testing.T) {
			f := shoot(t, c.args)
			r := pack(t, packager.Config{Segment: time.Second, Part: 200 * time.Millisecond}, f)
			if len(r.chapters) != 1 {
				t.Fatalf("%d beginnings", len(r.chapters))
			}
			checkCodecs(t, r.chapters[0].init.Codecs, c.codecs)
			checkCuts(t, r.chapters[0], time.Second)
			probe(t, f, r.chapters[0].file(), "mp4", 10)
		})
	}
}

func TestFFmpegPlaysTransportStreams(t *testing.T) {
	for _, c := range films() {
		if strings.Contains(c.name, "av1") || strings.Contains(c.name, "opus") {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			f := shoot(t, c.args)
			r := pack(t, packager.Config{Form: rendition.TS, Segment: time.Second, Part: 200 * time.Millisecond}, f)
			c := r.chapters[0]
			for i, s := range c.segments {
				if len(s.parts) != 1 || !s.parts[0].Last || !s.parts[0].Independent {
					t.Errorf("segment %d has %d parts", i, len(s.parts))
				}
			}
			checkCuts(t, c, time.Second)
			probe(t, f, c.file(), "ts", 10.2)
			// Each segment can be played by itself.
			probe(t, film{tracks: f.tracks}, c.segments[2].bytes(), "ts", -1)
		})
	}
}

// checkCodecs compares names without the profiles of pictures, which are the encoder's choice.
func checkCodecs(t *testing.T, got, want string) {
	t.Helper()
	names := strings.Split(got, ",")
	for i, prefix := range strings.Split(want, ",") {
		if i >= len(names) || !strings.HasPrefix(names[i], prefix) {
			t.Errorf("codecs are %q, want %q", got, want)
		}
	}
}

// checkCuts wants segments of a length, and parts that are within what is announced.
func checkCuts(t *testing.T, c chapter, length time.Duration) {
	t.Helper()
	target := c.init.PartTarget
	for i, s := range c.segments {
		last := i == len(c.segments)-1
		if !last && (s.duration < length*95/100 || s.duration > length*105/100) || s.jump || !s.parts[0].Independent {
			t.Errorf("segment %d lasts %v, discontinuity %v", i, s.duration, s.jump)
		}
		for k, p := range s.parts {
			if short := p.Duration < target*85/100; target > 0 && (p.Duration > target || short && k < len(s.parts)-1) {
				t.Errorf("part %d.%d lasts %v of %v", i, k, p.Duration, target)
			}
		}
	}
	if len(c.segments) != 5 && len(c.segments) != 6 {
		t.Errorf("%d segments", len(c.segments))
	}
}

// probed is what ffprobe says of a packet.
type probed struct {
	Stream int    `json:"stream_index"`
	PTS    string `json:"pts_time"`
	DTS    string `json:"dts_time"`
}

// probe has ffmpeg decode a file, and compares the times of all packets with the film's, which are later by some seconds.
func probe(t *testing.T, f film, data []byte, suffix string, later float64) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "packed."+suffix)
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := program.Try(t, "ffmpeg", "-v", "warning", "-xerror", "-i", name, "-f", "null", "-")
	if err != nil || out != "" {
		t.Errorf("decoding: %v\n%s", err, out)
	}
	if later < 0 {
		return
	}
	out = program.Output(t, "ffprobe", "-v", "error", "-show_packets", "-show_entries", "packet=stream_index,pts_time,dts_time", "-of", "json", name)
	var all struct{ Packets []probed }
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatal(err)
	}
	for i, track := range f.tracks {
		compare(t, track, times(f, i), all.Packets, i, later)
	}
}

func times(f film, track int) []float64 {
	var all []float64
	for _, it := range f.items {
		if it.track == track {

			all = append(all, it.unit.PTS.Seconds())
		}
	}
	slices.Sort(all)
	return all
}

func compare(t *testing.T, track media.Track, want []float64, packets []probed, stream int, later float64) {
	t.Helper()
	var got []float64
	before := math.Inf(-1)
	for _, p := range packets {
		if p.Stream != stream {
			continue
		}
		pts, err1 := strconv.ParseFloat(p.PTS, 64)
		dts, err2 := strconv.ParseFloat(p.DTS, 64)
		if err1 != nil || err2 != nil || dts <= before {
			t.Fatalf("a packet of %s at %s, decoded at %s after %v", track.Codec, p.PTS, p.DTS, before)
		}
		got, before = append(got, pts), dts
	}
	slices.Sort(got)
	if len(got) != len(want) {
		t.Fatalf("%d packets of %s, %d written", len(got), track.Codec, len(want))
	}
	for i := range got {
		if math.Abs(got[i]-later-want[i]) > 0.002 {
			t.Fatalf("packet %d of %s comes at %v, written at %v", i, track.Codec, got[i], want[i])
		}
	}
}
