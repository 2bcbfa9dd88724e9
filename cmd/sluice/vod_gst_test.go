//go:build cgo && !nogst

package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"sluice/engine/enginetest/program"
)

// shown is what ffprobe found of something that it played to its end.
type shown struct {
	Streams []struct {
		Kind   string `json:"codec_type"`
		Codec  string `json:"codec_name"`
		Frames string `json:"nb_read_frames"`
	} `json:"streams"`
}

// toEnd has ffprobe play something to its end, and decode all of it.
func toEnd(t *testing.T, address string) map[string]int {
	t.Helper()
	args := []string{"-v", "error", "-count_frames", "-show_entries", "stream=codec_type,codec_name,nb_read_frames", "-of", "json"}
	if strings.HasPrefix(address, "rtsp:") {
		args = append(args, "-rtsp_transport", "tcp")
	}
	var s shown
	if err := program.JSON(t, &s, "ffprobe", append(args, address)...); err != nil {
		t.Errorf("%s: %v", address, err)
	}
	frames := map[string]int{}
	for _, one := range s.Streams {
		frames[one.Codec], _ = strconv.Atoi(one.Frames)
	}
	return frames
}

// films has ffmpeg put a film of four seconds into the folder of a server, whose pictures are shown in another order than they are
// decoded in, and one with sound alone.
func films(t *testing.T, s *restServer) {
	t.Helper()
	const lasts = "-f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine=440:sample_rate=44100 -t 4 "
	for name, codecs := range map[string]string{
		"film.mp4": "-c:v libx264 -bf 2 -g 25 -pix_fmt yuv420p -c:a aac", "film.mkv": "-c:v libx264 -bf 2 -g 25 -pix_fmt yuv420p -c:a aac",
		"film.flv": "-c:v libx264 -bf 2 -g 25 -pix_fmt yuv420p -c:a aac", "sound.ogg": "-map 1:a -c:a libopus",
		"sound.mp3": "-map 1:a", "ping.wav": "-map 1:a -filter:a asetrate=88200",
	} {
		args := append([]string{"-v", "error"}, strings.Fields(lasts+codecs)...)
		program.Output(t, "ffmpeg", append(args, filepath.Join(s.folder, "media", name))...)
	}
}

// TestVODOverEveryProtocol plays films to their ends, and finds all of them there.
func TestVODOverEveryProtocol(t *testing.T) {
	t.Parallel()
	program.Need(t, "ffmpeg", "ffprobe")
	s, rtmp, rtsp := serveOld(t)
	films(t, s)
	hls := s.out.await(t, `HLS +(http://localhost:\d+)/`)[1]
	escaped := func(name string) string { return hls + "/" + url.PathEscape(name) + "/index.m3u8" }
	var all sync.WaitGroup
	for _, c := range []struct {
		address  string
		pictures string
	}{
		{"rtmp://" + rtmp + "/live/vod://film.mp4", "h264"}, {"rtmp://" + rtmp + "/live/vod-live://film.flv", "h264"},
		{"rtsp://" + rtsp + "/vod://film.mkv", "h264"}, {"rtsp://" + rtsp + "/vod-live://film.mp4", "h264"},
		{escaped("vod://film.mp4"), "h264"}, {"rtmp://" + rtmp + "/live/vod://sound.mp3", ""},
		{"rtsp://" + rtsp + "/vod://sound.ogg", ""},
	} {
		all.Go(func() {
			frames := toEnd(t, c.address)
			if n := frames[c.pictures]; c.pictures != "" && (n < 90 || n > 100) { // who comes may miss the first ones, or the last; more of them on a busy machine
				t.Errorf("%s: %v frames", c.address, frames)
			}
			if n := frames["aac"] + frames["mp3"] + frames["opus"]*4/5; n < 140 || n > 180 {
				t.Errorf("%s: %v frames of sound", c.address, frames)
			}
		})
	}
	all.Wait()
}

// TestVODRefuses plays what is not there, what is no film and what lies elsewhere.
func TestVODRefuses(t *testing.T) {
	program.Need(t, "ffmpeg", "ffprobe")
	s, _, rtsp := serveOld(t)
	at := filepath.Join(s.folder, "media")
	for _, err := range []error{
		os.WriteFile(filepath.Join(at, "text.mp4"), []byte("This is no film."), 0o600),
		os.WriteFile(filepath.Join(at, "ping.wav"), []byte("RIFF\x24\x00\x00\x00WAVEfmt "), 0o600), os.Symlink("/etc/passwd", filepath.Join(at, "link.mp4")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, words := range map[string]string{
		"vod://none.mp4": "404 there is no file", "vod-live://none.mp4": "404 there is no file", "vod://text.mp4": "it is no file of a kind",
		"vod://ping.wav": "a file of waves, such as WAV and AVI, is not played",
		"vod://link.mp4": "403", "vod://%252e%252e/sluice.yaml": "403",
	} {
		if out, _ := program.Try(t, "ffprobe", "-v", "error", "rtsp://"+rtsp+"/"+name); !strings.Contains(out, words) {
			t.Errorf("%s: %s", name, out)
		}
	}
	s.errs.await(t, `msg="a file was refused".*name=link.mp4`)
}

// found is what a call of a list gives.
func (s *restServer) found(path string, body J) []J {
	s.t.Helper()
	a := s.Call(s.t, "POST /rest-api"+path, body)
	var out []J
	if a.StatusCode == http.StatusOK {
		if err := json.Unmarshal([]byte(a.Text), &out); err != nil {
			s.t.Fatalf("%s: %v in %s", path, err, a.Text)
		}
	}
	return out
}
