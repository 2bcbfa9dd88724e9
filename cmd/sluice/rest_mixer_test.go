//go:build cgo && !nogst

package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"sluice/engine/caps"
	"sluice/engine/trial/measure"
)

// guestGraph gives a picture of one colour and a tone.
const guestGraph = `graph: v1
about: A guest of a room.
params:
  name: string
  freq: int
  colour: {type: string, default: red}
route:
  - rest.start
nodes:
  pictures: videotestsrc is-live=true pattern=$colour
  venc: x264enc tune=zerolatency speed-preset=ultrafast key-int-max=15
  sounds: audiotestsrc is-live=true freq=$freq
  aenc: opusenc
  out: stream.out name=$name
links:
  - pictures -> [video/x-raw,width=320,height=180,framerate=15/1] -> venc -> [video/x-h264,profile=constrained-baseline] -> out
  - sounds -> [audio/x-raw,rate=48000,channels=2] -> aenc -> out
policy:
  end: never
`

// ear is ffmpeg, which plays a stream's sound, of which the latest part is kept.
type ear struct {
	name   string
	form   measure.Sound
	mu     sync.Mutex
	latest []byte
}

// window is how much of the latest sound is listened to, in bytes: half a second of 48 kHz, one channel of 16 bit.
const window = 48_000

func listen(t *testing.T, name, url string) *ear {
	t.Helper()
	return listenAs(t, name, "-rtsp_transport", "tcp", "-i", url)
}

// listenAs is listen to whatever ffmpeg takes for an input.
func listenAs(t *testing.T, name string, input ...string) *ear {
	t.Helper()
	c, err := caps.Parse("audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved")
	if err != nil {
		t.Fatal(err)
	}
	form, err := measure.NewSound(c)
	if err != nil {
		t.Fatal(err)
	}
	e := &ear{name: name, form: form}
	play(t, 9600, func(part []byte) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.latest = append(e.latest, part...)
		e.latest = e.latest[max(0, len(e.latest)-window):]
	}, append(input, "-map", "0:a", "-ac", "1", "-ar", "48000", "-f", "s16le")...)
	return e
}

// hears tells which tones are in the latest sound, in steps of 20 Hz; false until there is enough of it.
func (e *ear) hears() (tones []int, enough bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.latest) < window {
		return nil, false
	}
	s := measure.NewSpectrum(e.form)
	s.Add(e.latest)
	for _, tone := range s.Tones() {
		if tone.Share > 0.1 {
			tones = append(tones, int(tone.Hz+10)/20*20)
		}
	}
	slices.Sort(tones)
	return tones, true
}

func (e *ear) until(s *restServer, want ...int) {
	s.t.Helper()
	var heard []int
	defer func() {
		if s.t.Failed() {
			s.t.Logf("%s hears %v", e.name, heard)
		}
	}()
	s.until(fmt.Sprintf("%s hearing %v", e.name, want), func() bool {
		tones, enough := e.hears()
		heard = tones
		return enough && slices.Equal(tones, want)
	})
}

// readers are those of a stream, by number, with how many units were dropped for each.
func (s *restServer) readers(stream string) map[int]bool {
	s.t.Helper()
	out := map[int]bool{}
	list, _ := s.want(http.StatusOK, "GET /v1/streams/"+url.PathEscape(stream)+"/readers", nil)["items"].([]any)
	for _, r := range list {
		id, _ := r.(J)["id"].(float64)
		counts, _ := r.(J)["counts"].(J)
		if counts["drops"] != nil {
			s.t.Errorf("a reader of %s lost %v", stream, counts["drops"])
		}
		out[int(id)] = true
	}
	return out
}

// seats are the branches of a room's guests, and whether they run.
func (s *restServer) seats(id string) map[string]bool {
	s.t.Helper()
	p := s.want(http.StatusOK, "GET /v1/pipelines/"+id, nil)
	if p["state"] != "live" || p["restarts"] != nil {
		s.t.Fatalf("the room is %v, after %v restarts: %v", p["state"], p["restarts"], p["fault"])
	}
	out := map[string]bool{}
	list, _ := p["branches"].([]any)
	for _, b := range list {
		name, _ := b.(J)["name"].(string)
		if runs, _ := b.(J)["runs"].(bool); b.(J)["kind"] == "keyed" {
			out[name] = runs
		}
	}
	return out
}

// TestRESTRoom seats guests in a room, one of whom leaves and comes again, and one whose stream ends and comes again. All hear the
// others and not themselves; nothing happens to who stays.
func TestRESTRoom(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is missing")
	}
	s, _, rtsp := serveOld(t)
	s.graph("guest", guestGraph)
	s.until("the graph", func() bool { return strings.Contains(s.routes(), `"guest"`) })
	const starts = "POST /v1/pipelines?wait=20s"
	publish := func(name, colour string, freq int) {
		t.Helper()
		s.want(http.StatusCreated, starts, J{"graph": "guest", "id": name, "params": J{"name": "live/" + name, "freq": freq, "colour": colour}})
	}
	publish("ann", "red", 440)
	publish("bob", "blue", 1000)
	s.want(http.StatusCreated, starts, J{"graph": "rooms/mixer", "id": "hall", "params": J{"room": "hall", "width": 640, "height": 360}})
	seat := func(status int, key, stream string) {
		t.Helper()
		s.want(status, "PUT /v1/pipelines/hall/nodes/seat/"+key, J{"params": J{"stream": stream}})
	}
	seat(http.StatusCreated, "ann", "live/ann")
	seat(http.StatusCreated, "bob", "live/bob")
	room := listen(t, "the room", "rtsp://"+rtsp+"/room/hall")
	ann := listen(t, "ann", "rtsp://"+rtsp+"/live/ann/mix")
	shown := wall(t, "rtsp://"+rtsp+"/room/hall")
	shown.shows(s, "both", "3,4 red", "12,4 blue")
	room.until(s, 440, 1000)
	ann.until(s, 1000)
	listen(t, "bob", "rtsp://"+rtsp+"/live/bob/mix").until(s, 440)
	before := s.readers("live/ann")

	s.refused(http.StatusConflict, "name_in_use", "PUT /v1/pipelines/hall/nodes/seat/eve", J{"params": J{"stream": "live/ann"}})
	seat(http.StatusCreated, "cid", "live/cid") // who is not there yet
	s.want(http.StatusNoContent, "DELETE /v1/pipelines/hall/nodes/seat/cid", nil)
	s.want(http.StatusNoContent, "DELETE /v1/pipelines/hall/nodes/seat/bob", nil)
	shown.shows(s, "ann alone", "3,4 red", "12,4 red")
	room.until(s, 440)
	ann.until(s)
	s.until("nothing of who left", func() bool {
		return len(s.readers("live/bob")) == 0 && !strings.Contains(s.Call(t, "GET /v1/streams", nil).Text, "live/bob/mix")
	})
	seat(http.StatusCreated, "bob", "live/bob")
	shown.shows(s, "both", "3,4 red", "12,4 blue")
	room.until(s, 440, 1000)
	ann.until(s, 1000)

	s.want(http.StatusAccepted, "DELETE /v1/pipelines/bob?drain=0s", nil)
	room.until(s, 440)
	publish("bob", "green", 1500)
	shown.shows(s, "bob in green", "3,4 red", "12,4 green")
	room.until(s, 440, 1500)
	ann.until(s, 1500)
	seat(http.StatusCreated, "cid", "live/cid")
	publish("cid", "blue", 2500)
	room.until(s, 440, 1500, 2500)
	if now := s.readers("live/ann"); !maps.Equal(before, now) {
		t.Errorf("who stayed was read by %v, and then by %v", before, now)
	}
	if seats := s.seats("hall"); !maps.Equal(seats, map[string]bool{"seat[ann]": true, "seat[bob]": true, "seat[cid]": true}) {
		t.Errorf("the seats: %v", seats)
	}
}
