package rtmp_test

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// publishing are ffmpeg's arguments for a stream of H.264 and AAC.
func publishing(url string, more ...string) []string {
	args := strings.Fields("-hide_banner -loglevel warning -re -f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine=frequency=440:sample_rate=44100 " +
		"-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25 -c:a aac -b:a 64k")
	args = append(args, more...)
	return append(args, "-f", "flv", url)
}

// probed is what ffprobe says of a file.
type probed struct {
	Streams []struct {
		Codec  string `json:"codec_name"`
		Width  int    `json:"width"`
		Frames string `json:"nb_read_frames"`
	} `json:"streams"`
}

// codecs are the names of what is in it.
func (p probed) codecs() string {
	var names []string
	for _, s := range p.Streams {
		names = append(names, s.Codec)
	}
	return strings.Join(names, " ")
}

func probe(t *testing.T, file string) probed {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), need(t, "ffprobe"), "-v", "error", "-count_frames", "-show_streams", "-of", "json", file).Output()
	if err != nil {
		t.Fatalf("ffprobe: %v", err)
	}
	var p probed
	if err := json.Unmarshal(out, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFFmpegPublishesAndPlays(t *testing.T) {
	need(t, "ffmpeg")
	s := serve(t)
	published := s.await("stream.published", "cam")
	run(t, "ffmpeg", publishing("rtmp://"+s.host+"/live/cam")...)
	published()
	file := filepath.Join(t.TempDir(), "played.flv")
	out, err := exec.CommandContext(t.Context(), "ffmpeg", "-hide_banner", "-loglevel", "verbose", "-i", "rtmp://"+s.host+"/live/cam", "-t", "2",
		"-c", "copy", file).CombinedOutput()
	if err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	p := probe(t, file)
	if got := p.codecs(); got != "h264 aac" || p.Streams[0].Width != 320 || p.Streams[0].Frames != "50" {
		t.Errorf("%s: %+v\n%s", got, p, out)
	}
}
