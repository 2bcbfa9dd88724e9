package mpegts_test

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

	"sluice/api/mpegts"
	"sluice/engine/enginetest/program"
	"sluice/engine/media"
)

// remuxer writes what it reads.
type remuxer struct {
	t       *testing.T
	streams []*mpegts.Stream
	units   []readUnit
}

type readUnit struct {
	track int
	unit  media.Unit
}

func (r *remuxer) Streams(list []*mpegts.Stream) { r.streams = list }

func (r *remuxer) Wrong(err error) { r.t.Errorf("the reader says: %v", err) }

func (r *remuxer) Unit(s *mpegts.Stream, at mpegts.Times, u media.Unit) {
	const hertz = 90000
	u.PTS, u.DTS = time.Duration(at.PTS)*time.Second/hertz, time.Duration(at.DTS)*time.Second/hertz
	r.units = append(r.units, readUnit{slices.Index(r.streams, s), u})
}

// again writes all units into a new stream.
func (r *remuxer) again() []byte {
	r.t.Helper()
	all := make([]media.Track, len(r.streams))
	for i, s := range r.streams {
		track, ok := s.Track()
		if !ok {
			r.t.Fatalf("stream %d is not known", i)
		}
		all[i] = track
	}
	w, out := writer(r.t, all...)
	for i := range r.units {
		write(r.t, w, r.units[i].track, &r.units[i].unit)
	}
	return out.Bytes()
}

// TestFFmpegReadsWhatIsWritten takes apart what ffmpeg encodes, writes it anew, and has ffmpeg decode that: the same frames at the
// same times, later by the same.
func TestFFmpegReadsWhatIsWritten(t *testing.T) {
	program.Need(t, "ffmpeg", "ffprobe")
	for _, args := range []string{
		"-c:v libx264 -preset ultrafast -bf 2 -g 25 -c:a aac",
		"-c:v libx265 -preset ultrafast -x265-params log-level=none -g 25 -c:a libopus",
		"-c:v libx264 -preset ultrafast -c:a libmp3lame -ar 22050",
		"-c:v libx264 -preset ultrafast -c:a ac3",
		"-c:v libx264 -preset ultrafast -c:a mp2",
	} {
		t.Run(args, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "made.ts")
			command := "-v error -f lavfi -i testsrc2=size=320x180:rate=25:duration=2 -f lavfi -i sine=duration=2:sample_rate=48000 -pix_fmt yuv420p " +
				args + " -y " + name
			if out, err := program.Try(t, "ffmpeg", strings.Fields(command)...); err != nil {
				program.Lacking(t, "an ffmpeg that makes "+args, out)
			}
			made, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			r := &remuxer{t: t}
			reader := mpegts.NewReader(r)
			if _, err := reader.Write(made); err != nil {
				t.Fatal(err)
			}
			reader.Flush()
			again := filepath.Join(t.TempDir(), "again.ts")
			if err := os.WriteFile(again, r.again(), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := program.Try(t, "ffmpeg", "-v", "warning", "-xerror", "-i", again, "-f", "null", "-")
			if err != nil || strings.TrimSpace(out) != "" {
				t.Errorf("decoding: %v\n%s", err, out)
			}
			for _, stream := range []string{"v", "a"} {
				sameTimes(t, stream, frameTimes(t, name, stream), frameTimes(t, again, stream))
			}
		})
	}
}

// frameTimes are when the frames of a stream are shown, once decoded.
func frameTimes(t *testing.T, name, stream string) []float64 {
	t.Helper()
	out := program.Output(t, "ffprobe", "-v", "error", "-select_streams", stream,
		"-show_entries", "frame=best_effort_timestamp_time", "-of", "json", name)
	var all struct {
		Frames []struct {
			Time string `json:"best_effort_timestamp_time"`
		} `json:"frames"`
	}
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatal(err)
	}
	times := make([]float64, 0, len(all.Frames))
	for _, f := range all.Frames {
		at, err := strconv.ParseFloat(f.Time, 64)
		if err != nil {
			t.Fatal(err)
		}
		times = append(times, at)
	}
	return times
}

func sameTimes(t *testing.T, stream string, want, got []float64) {
	t.Helper()
	if len(got) != len(want) || len(got) < 20 {
		t.Fatalf("%d frames of %s, %d made", len(got), stream, len(want))
	}
	for i := range got {
		if math.Abs(got[i]-want[i]-mpegts.Delay.Seconds()) > 0.0001 {
			t.Fatalf("frame %d of %s is shown at %v, made for %v", i, stream, got[i], want[i])
		}
	}
}
