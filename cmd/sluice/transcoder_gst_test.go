//go:build cgo && !nogst

package main

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"sluice/engine/enginetest/program"
)

// probed is what ffprobe reads of a stream in some seconds.
type probed struct {
	Streams []struct {
		Kind   string `json:"codec_type"`
		Codec  string `json:"codec_name"`
		Width  int    `json:"width"`
		Height int    `json:"height"`
		Rate   string `json:"sample_rate"`
		Many   int    `json:"channels"`
		Aspect string `json:"sample_aspect_ratio"`
	} `json:"streams"`
	Packets []struct {
		Kind  string `json:"codec_type"`
		Time  string `json:"pts_time"`
		Size  string `json:"size"`
		Flags string `json:"flags"`
	} `json:"packets"`
}

// probe plays a stream for some seconds.
func probe(t *testing.T, seconds int, url string) (p probed) {
	t.Helper()
	args := []string{"-v", "error", "-read_intervals", fmt.Sprintf("%%+%d", seconds), "-of", "json"}
	if strings.HasPrefix(url, "rtsp:") {
		args = append(args, "-rtsp_transport", "tcp")
	}
	err := program.JSON(t, &p, "ffprobe", append(args,
		"-show_entries", "stream=codec_type,codec_name,width,height,sample_rate,channels,sample_aspect_ratio:packet=codec_type,pts_time,size,flags",
		url)...)
	if err != nil {
		t.Errorf("%s: %v", url, err)
	}
	return p
}

// tracks are the codecs of a stream and what they are like: "h264 160x90, aac 44100/1".
func (p probed) tracks() string {
	var out []string
	for _, kind := range []string{"video", "audio"} {
		for _, s := range p.Streams {
			switch {
			case s.Kind != kind:
			case kind == "video":
				out = append(out, fmt.Sprintf("%s %dx%d", s.Codec, s.Width, s.Height))
			default:
				out = append(out, fmt.Sprintf("%s %s/%d", s.Codec, s.Rate, s.Many))
			}
		}
	}
	return strings.Join(out, ", ")
}

// rates are the frames a second of the pictures, their kilobits a second, and how many frames there are from each key frame to the next.
// A machine that does not keep up drops frames, so that the rate is that of most of them, and whole is how many kilobits a second there
// would be if none was missing.
func (p probed) rates() (fps, kilobit, whole float64, groups []int) {
	var times, gaps []float64
	bits, key := 0.0, -1
	for _, k := range p.Packets {
		if k.Kind != "video" {
			continue
		}
		at, _ := strconv.ParseFloat(k.Time, 64)
		size, _ := strconv.ParseFloat(k.Size, 64)
		if len(times) > 0 {
			gaps = append(gaps, at-times[len(times)-1])
			bits += 8 * size
		}
		if strings.HasPrefix(k.Flags, "K") {
			if key >= 0 {
				groups = append(groups, len(times)-key)
			}
			key = len(times)
		}
		times = append(times, at)
	}
	if len(gaps) == 0 {
		return 0, 0, 0, nil
	}
	slices.Sort(gaps)
	gap := gaps[len(gaps)/2]
	return 1 / gap, bits / 1000 / (times[len(times)-1] - times[0]), bits / 1000 / (gap * float64(len(gaps))), groups
}

// transcoders is a server with a stream "cam" of 320x180 pixels at 25 frames a second, a key frame each second, and a tone. Its pictures
// are noise that stays, so that no frame begins a new scene, and some that does not, so that there is something to code.
func transcoders(t *testing.T) (s *restServer, rtmp, rtsp string) {
	t.Helper()
	program.Need(t, "ffmpeg", "ffprobe")
	s, rtmpAt, rtspAt := serveOld(t)
	encoder(t, "gray", "rtmp://"+rtmpAt+"/live/cam", "-vf", "noise=alls=80:allf=u,noise=alls=15:allf=t", "-f", "flv")
	s.published("cam")
	return s, "rtmp://" + rtmpAt + "/", "rtsp://" + rtspAt + "/"
}

// published waits for a stream.
func (s *restServer) published(name string) {
	s.t.Helper()
	s.until(name, func() bool { return s.Call(s.t, "GET /v1/streams/"+name, nil).StatusCode == http.StatusOK })
}

// old makes a call of the API that is compatible with WCS.
func (s *restServer) old(path string, body J) {
	s.t.Helper()
	if a := s.Call(s.t, "POST /rest-api"+path, body); a.StatusCode != http.StatusOK || a.Text != "" {
		s.t.Fatalf("%s %v: %s %s", path, body, a.Status, a.Text)
	}
}

// transcodes starts a transcoder of "cam".
func (s *restServer) transcodes(path, name string, more J) {
	s.t.Helper()
	scheme := strings.Split(path, "/")[1] + "://"
	body := J{"uri": scheme + name, "remoteStreamName": "cam", "localStreamName": name}
	for member, v := range more {
		body[member] = v
	}
	s.old(path, body)
	s.published(name)
}

// TestTranscoderMakesWhatIsAsked reads with ffprobe what transcoders publish. Nothing runs beside it: a coder in a hurry spends fewer bits.
func TestTranscoderMakesWhatIsAsked(t *testing.T) {
	s, _, rtsp := transcoders(t)
	const one, two = "/transcoder/startup", "/transcoder2/startup"
	rows := []struct {
		name, path string
		body       J
		want       wanted
	}{
		{"all", one, J{"encoder": J{"width": 160, "height": 90, "fps": 10, "keyFrameInterval": 20, "bitrate": 150, "type": "FF"}},
			wanted{"h264 160x90, aac 44100/1", 10, 150, 20}},
		{"wide", one, J{"encoder": J{"width": "240", "keyFrameInterval": 15, "bitrate": 400}}, wanted{"h264 240x134, aac 44100/1", 25, 400, 15}},
		{"high", one, J{"encoder": J{"height": 60, "fps": 12.5, "type": "OPENH264"}}, wanted{"h264 106x60, aac 44100/1", 12.5, 0, 25}},
		{"square", one, J{"encoder": J{"width": 96, "height": 96, "codec": "VP8", "bitrate": 80}}, wanted{"vp8 96x96, aac 44100/1", 25, 80, 0}},
		{"as", one, J{}, wanted{"h264 320x180, aac 44100/1", 25, 0, 0}},
		{"opus", two, J{"video": J{"codec": []string{"h264"}, "width": 160, "gop": 50}, "audio": J{"codec": []string{"opus", "alaw"}}},
			wanted{"h264 160x90, opus 48000/2", 25, 0, 50}},
		{"alaw", two, J{"video": J{"height": 90}, "audio": J{"codec": "alaw", "rate": 8000, "channels": 1}},
			wanted{"h264 160x90, pcm_alaw 8000/1", 25, 0, 0}},
		{"coarse", one, J{"encoder": J{"width": 160, "quality": 20}}, wanted{"h264 160x90, aac 44100/1", 25, 0, 0}},
		{"fine", one, J{"encoder": J{"width": 160, "quality": 90, "bitrate": 4000}}, wanted{"h264 160x90, aac 44100/1", 25, 0, 0}},
	}
	kilobits := map[string]float64{}
	for some := range slices.Chunk(rows, 3) {
		var all sync.WaitGroup
		var mu sync.Mutex
		for _, r := range some {
			s.transcodes(r.path, r.name, r.body)
		}
		for _, r := range some {
			all.Go(func() {
				p := probe(t, 6, rtsp+r.name)
				mu.Lock()
				defer mu.Unlock()
				kilobits[r.name] = r.want.hold(t, r.name, p)
			})
		}
		all.Wait()
		for _, r := range some {
			s.old("/transcoder/terminate", J{"uri": strings.Split(r.path, "/")[1] + "://" + r.name})
		}
	}
	if coarse, fine := kilobits["coarse"], kilobits["fine"]; coarse <= 0 || fine < 2*coarse {
		t.Errorf("%.0f kbit/s in bad quality, %.0f in good", coarse, fine)
	}
}

// wanted is what a transcoder's stream is to be like.
type wanted struct {
	tracks  string
	fps     float64
	kilobit float64 // 0: any
	group   int     // frames from one key frame to the next; 0: any
}

// hold compares a stream with what is wanted, and gives its bit rate.
func (w wanted) hold(t *testing.T, name string, p probed) (kilobit float64) {
	t.Helper()
	fps, kilobit, whole, groups := p.rates()
	if p.tracks() != w.tracks {
		t.Errorf("%s: %s, not %s", name, p.tracks(), w.tracks)
	}
	if fps < 0.95*w.fps || fps > 1.05*w.fps {
		t.Errorf("%s: %.2f frames a second, not %v", name, fps, w.fps)
	}
	if w.kilobit > 0 && (max(kilobit, whole) < 0.7*w.kilobit || min(kilobit, whole) > 1.3*w.kilobit) {
		t.Errorf("%s: %.0f kbit/s, %.0f if no frame was missing, not %v", name, kilobit, whole, w.kilobit)
	}
	for _, n := range groups {
		if w.group > 0 && n > w.group { // less is where somebody asked for a key frame
			t.Errorf("%s: %d frames from one key frame to the next, not %d", name, n, w.group)
		}
	}
	if w.group > 0 && !slices.Contains(groups, w.group) {
		t.Errorf("%s: %v frames from one key frame to the next, not %d", name, groups, w.group)
	}
	return kilobit
}

// TestTranscoderKeepsTheShape puts bars around pictures of another shape than what is asked for.
func TestTranscoderKeepsTheShape(t *testing.T) {
	t.Parallel()
	s, _, rtsp := transcoders(t)
	s.transcodes("/transcoder/startup", "square", J{"encoder": J{"width": 96, "height": 96}})
	bars := wall(t, rtsp+"square") // 96x54 in the middle
	bars.shows(s, "bars above and below", "8,0 black", "8,8 black", "8,4 slate", "0,4 slate", "15,4 slate")
	s.transcodes("/transcoder/startup", "broad", J{"encoder": J{"width": 320, "height": 80}})
	bars = wall(t, rtsp+"broad") // 142x80 in the middle
	bars.shows(s, "bars at the sides", "0,4 black", "15,4 black", "8,0 slate", "8,8 slate", "8,4 slate")
}

// TestTranscoderMark lays pictures over frames, moves them and takes them away while they play.
func TestTranscoderMark(t *testing.T) {
	t.Parallel()
	s, _, rtsp := transcoders(t)
	for name, c := range map[string]color.Color{"red.png": color.RGBA{R: 255, A: 255}, "blue.png": color.RGBA{B: 255, A: 255}} {
		img := image.NewRGBA(image.Rect(0, 0, 40, 40))
		for i := range 40 * 40 {
			img.Set(i%40, i/40, c)
		}
		f, err := os.Create(filepath.Join(s.folder, "media", name))
		if err == nil {
			err = png.Encode(f, img)
		}
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	s.transcodes("/transcoder/startup", "marked", J{"encoder": J{"watermark": "red.png", "x": 0, "y": 0}})
	w := wall(t, rtsp+"marked") // fields of 20 by 20 pixels
	w.shows(s, "the first", "0,0 red", "1,1 red", "3,3 slate", "12,5 slate")
	s.old("/transcoder/set_watermark", J{"uri": "transcoder://marked", "watermark": "blue.png", "x": "-40", "y": -40})
	w.shows(s, "another, elsewhere", "0,0 slate", "12,5 blue", "13,6 blue", "14,7 slate")
	s.old("/transcoder/set_watermark", J{"uri": "transcoder://marked", "watermark": ""})
	w.shows(s, "none", "0,0 slate", "12,5 slate")
	s.old("/transcoder/set_watermark", J{"uri": "transcoder://marked", "watermark": "red.png", "x": 40, "y": 40})
	w.shows(s, "one again", "2,2 red", "12,5 slate")
	for _, name := range []string{"../sluice.yaml", "none.png", "/etc/passwd"} {
		a := s.Call(t, "POST /rest-api/transcoder/set_watermark", J{"uri": "transcoder://marked", "watermark": name})
		if a.StatusCode != http.StatusBadRequest || !strings.Contains(a.Text, `\"watermark\": `) {
			t.Error(a.Status, a.Text)
		}
	}
}

// TestTranscoderGoesOn has the publisher leave and come back: who watches the transcoder's stream sees a slate meanwhile, on the connection
// that he has.
func TestTranscoderGoesOn(t *testing.T) {
	t.Parallel()
	program.Need(t, "ffmpeg")
	s, rtmpAt, rtspAt := serveOld(t)
	url := "rtmp://" + rtmpAt + "/live/cam"
	kill := encoder(t, "red", url, "-f", "flv")
	s.published("cam")
	s.transcodes("/transcoder/startup", "small", J{"encoder": J{"width": 160}})
	viewers := []*watcher{
		watch(t, "RTMP", "-i", "rtmp://"+rtmpAt+"/live/small"), watch(t, "RTSP", "-rtsp_transport", "tcp", "-i", "rtsp://"+rtspAt+"/small"),
	}
	all := func(colour string) {
		t.Helper()
		for _, w := range viewers {
			w.sees(t, colour, 25)
		}
	}
	all("red")
	for _, colour := range []string{"blue", "green"} {
		kill()
		all("slate")
		kill = encoder(t, colour, url, "-f", "flv")
		all(colour)
	}
	s.old("/transcoder/terminate", J{"uri": "transcoder://small"})
	if a := s.Call(t, "GET /v1/streams/small", nil); a.StatusCode != http.StatusNotFound {
		t.Error(a.Status)
	}
	if a := s.Call(t, "GET /rest-api/transcoder/find_all", nil); a.StatusCode != http.StatusNotFound || !strings.Contains(a.Text, `"status":404`) {
		t.Error(a.Status, a.Text)
	}
	s.until("no pipeline is left", func() bool { return !strings.Contains(s.Call(t, "GET /v1/pipelines", nil).Text, "wcs/transcoder") })
}
