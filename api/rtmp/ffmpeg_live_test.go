package rtmp_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"sluice/engine/enginetest/program"
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
	out := program.Output(t, "ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of", "json", file)
	var p probed
	if err := json.Unmarshal([]byte(out), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFFmpegPublishesAndPlays(t *testing.T) {
	program.Need(t, "ffmpeg")
	s := serve(t)
	published := s.await("stream.published", "cam")
	program.Start(t, "ffmpeg", publishing("rtmp://"+s.host+"/live/cam")...)
	published()
	file := filepath.Join(t.TempDir(), "played.flv")
	out := program.Start(t, "ffmpeg", "-hide_banner", "-loglevel", "verbose", "-i", "rtmp://"+s.host+"/live/cam", "-t", "2", "-c", "copy", file).Wait()
	p := probe(t, file)
	if got := p.codecs(); got != "h264 aac" || p.Streams[0].Width != 320 || p.Streams[0].Frames != "50" {
		t.Errorf("%s: %+v\n%s", got, p, out)
	}
}

// play records what is played for some seconds, as it is.
func play(t *testing.T, url string, more ...string) (file, said string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "recorded.flv")
	args := append(more, "-hide_banner", "-loglevel", "verbose", "-i", url, "-t", "2", "-c", "copy", file)
	return file, program.Start(t, "ffmpeg", args...).Wait()
}

// TestOldCodecs publishes what Flash had, which players of it get as it is.
func TestOldCodecs(t *testing.T) {
	program.Need(t, "ffmpeg")
	s := serve(t)
	for _, row := range []struct{ name, video, audio, want string }{
		{"sorenson", "flv1", "nellymoser -ar 22050 -ac 1", "flv1 nellymoser"},
		{"screen", "flashsv", "pcm_mulaw -ar 8000 -ac 1", "flashsv pcm_mulaw"},
		{"bframes", "libx264 -preset veryfast -bf 3 -pix_fmt yuv420p", "libmp3lame -ar 44100", "h264 mp3"},
		{"alaw", "libx264 -preset ultrafast -pix_fmt yuv420p", "pcm_alaw -ar 8000 -ac 1", "h264 pcm_alaw"},
		{"speex", "libx264 -preset ultrafast -pix_fmt yuv420p", "libspeex -ar 16000 -ac 1", "h264 speex"},
	} {
		t.Run(row.name, func(t *testing.T) {
			published := s.await("stream.published", row.name)
			args := "-hide_banner -loglevel error -re -f lavfi -i testsrc2=size=320x192:rate=25 -f lavfi -i sine=frequency=440 -g 25 -c:v " +
				row.video + " -c:a " + row.audio + " -f flv rtmp://" + s.host + "/live/" + row.name
			program.Start(t, "ffmpeg", strings.Fields(args)...)
			published()
			file, said := play(t, "rtmp://"+s.host+"/live/"+row.name, "-rtmp_live", "live")
			if p := probe(t, file); p.codecs() != row.want {
				t.Errorf("%s: %+v\n%s", p.codecs(), p, said)
			}
		})
	}
}
