package recordtest

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"sluice/engine/enginetest/program"
)

// Found is what ffprobe finds in a file.
type Found struct {
	Format  struct{ Duration, Start string }
	Streams []Stream
}

// Stream is one track of a file.
type Stream struct {
	Codec  string `json:"codec_name"`
	Width  int    `json:"width"`
	Frames string `json:"nb_read_frames"`
	Start  string `json:"start_time"`
}

// Probe has ffprobe decode a file. What it complains of fails the test.
func Probe(t testing.TB, name string) Found {
	t.Helper()
	var out bytes.Buffer
	cmd := program.Command(t, "ffprobe", "-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json", name)
	cmd.Stdout = &out
	if errs := program.Run(t, cmd).Wait(); errs != "" {
		t.Fatalf("ffprobe %s: %s", name, errs)
	}
	var f Found
	if err := json.Unmarshal(out.Bytes(), &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// Codecs are the names of what is in it, and how many frames of each could be decoded: "h264 50, aac 94".
func (f Found) Codecs() string {
	text := ""
	for i, s := range f.Streams {
		if i > 0 {
			text += ", "
		}
		text += s.Codec + " " + s.Frames
	}
	return text
}

// Seconds is how long it lasts.
func (f Found) Seconds() float64 { return number(f.Format.Duration) }

// At is when a stream begins, in seconds.
func (s Stream) At() float64 { return number(s.Start) }

func number(text string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return -1
	}
	return v
}

// Decode has ffmpeg decode a file, from a second on, and fails the test for whatever it complains of. Times stay those of the file: ffmpeg
// (5.1) rounds them to the rate that it takes the film for, and complains of pictures that lie closer together.
func Decode(t testing.TB, name, from string) {
	t.Helper()
	out, err := program.Try(t, "ffmpeg", "-v", "warning", "-xerror", "-ss", from, "-i", name,
		"-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "null", "-")
	if err != nil || strings.TrimSpace(out) != "" {
		t.Errorf("ffmpeg %s from %s: %v %s", name, from, err, out)
	}
}
