package push_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/api/rest/client/clienttest"
	"sluice/api/rest/wcs/push"
	"sluice/api/rest/wcs/wcstest"
	"sluice/api/vod"
	"sluice/engine"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run/instance"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// J is JSON.
type J = map[string]any

// pushing stands for the graphs that push: what goes out is a stream of this server.
const pushing = `graph: v1
about: Pushes to nowhere.
params:
  stream: {type: string, default: cam}
  to: {type: uri, example: "rtmp://example.org/live"}
  key: {type: string, default: whole}
  width: {type: int, default: 0}
  height: {type: int, default: 0}
  fps: {type: fraction, default: 0}
  bitrate: {type: bitrate, default: 0}
  gop: {type: int, default: 0}
  name: {type: string, default: "$(to)/$(key)/$(stream)-$(width)-$(height)-$(fps)-$(bitrate)-$(gop)"}
route:
  - rest.start
nodes:
  voice: {use: parts/heard, each: {key: voice, max: 1}, on_error: drop}
  wave: {use: parts/heard, each: {key: wave, max: 2}, on_error: drop}
  film: {use: parts/heard, each: {key: film, max: 1}, on_error: drop}
  sound: audio.mix
  enc: opusenc
  out: stream.out name=$name
links:
  - voice.sound? -> sound
  - wave.sound? -> sound
  - film.sound? -> sound
  - sound -> enc -> out
policy:
  end: never
`

// heard stands for what is heard.
const heard = `graph: v1
about: A sound.
params:
  stream: {type: string, default: ""}
  file: {type: string, default: ""}
  source: {type: string, default: $file}
  loop: {type: bool, default: false}
  at: {type: int, default: 0}
  location: {type: string, default: "$(source)$(stream)$(loop)$(at)"}
nodes:
  in: filesrc location=$location
  dec: wavparse
exports:
  sound: dec.src
links:
  - in -> dec
`

// sounds are the files that there are.
type sounds map[string]vod.Sound

// Sound implements push.Sounds.
func (s sounds) Sound(_ context.Context, name string) (vod.Sound, error) {
	if one, ok := s[name]; ok {
		return one, nil
	}
	return vod.Sound{}, fault.New(fault.ResourceNotFound, "", "there is no file %q", name)
}

// house is a server's pushes.
type house struct {
	*clienttest.Server
	*wcstest.Caller
	clock *enginetest.Clock
	all   *push.Pushes
	check func() // before a pipeline runs
	log   bytes.Buffer
	run   *listening
}

// listening is an engine, and what graphs were started with.
type listening struct {
	push.Engine
	params []map[string]any
}

// Run implements push.Engine.
func (l *listening) Run(ctx context.Context, s engine.Start) (*instance.Instance, error) {
	l.params = append(l.params, s.Params)
	return l.Engine.Run(ctx, s)
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{
		Server: clienttest.Open(t, clienttest.Options{Graphs: map[string]string{"wcs/push": pushing, "wcs/push_sound": pushing, "parts/heard": heard}}),
		clock:  enginetest.NewClock(), check: func() {},
	}
	h.run = &listening{Engine: h.Engine}
	h.all = push.New(push.Options{
		Engine: h.run, Clock: h.clock, Check: func(*plan.Plan) error { h.check(); return nil }, Log: slog.New(slog.NewTextHandler(&h.log, nil)),
		Sounds: sounds{
			"ping.wav": {Name: "ping.wav", Path: "/media/ping.wav", Wave: true, Lasts: 2 * time.Second},
			"film.mp4": {Name: "film.mp4", Path: "/media/film.mp4", Lasts: time.Minute},
		},
	})
	t.Cleanup(h.all.Close)
	h.Caller = wcstest.New(t, push.Routes(h.all))
	return h
}

// start starts a push, and gives what is told of it.
func (h *house) start(body J) J {
	h.Helper()
	a := h.Caller.Call("/rest-api/push/startup", body)
	var out J
	if err := json.Unmarshal(a.Body.Bytes(), &out); err != nil || a.Code != http.StatusOK {
		h.Fatalf("%v: %d %s", body, a.Code, a.Body)
	}
	return out
}

// until waits for something to be so.
func (h *house) until(what string, good func() bool) {
	h.Helper()
	const patience = 30 * time.Second
	ctx, cancel := context.WithTimeout(h.Context(), patience)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !good() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			h.Fatalf("%s: not in time", what)
		}
	}
}

// muted is what the mixer leaves out.
func (h *house) muted() string {
	for _, i := range h.Engine.Instances().Instances() {
		for _, n := range i.Plan().Nodes {
			for _, s := range n.Settings {
				if n.Name == "sound" && s.Name == "muted" {
					return s.Text
				}
			}
		}
	}
	return ""
}

func (h *house) has(key string) bool {
	for _, i := range h.Engine.Instances().Instances() {
		for _, n := range i.Plan().Nodes {
			if strings.Contains(n.Name, "["+key+"]/in") {
				return true
			}
		}
	}
	return false
}

const there = "rtmp://example.org/live"

func TestPushesAreListedUntilTheyEnd(t *testing.T) {
	h := open(t)
	cam := h.Publish("cam", media.Opus, media.VP8)
	got := h.start(J{"streamName": "cam", "rtmpUrl": there, "width": "640", "height": 360})
	if got["streamName"] != "rtmp_cam" || got["rtmpUrl"] != there || got["width"] != 640.0 || got["muted"] != false || got["soundEnabled"] != false {
		t.Errorf("%v", got)
	}
	h.Refused("/rest-api/push/startup", J{"streamName": "cam", "rtmpUrl": there + "/"}, http.StatusConflict, "pushed there already")
	h.Refused("/rest-api/stream/republish", J{"streamName": "cam", "rtmpUrl": there}, http.StatusConflict, "pushed there already")
	h.Refused("/rest-api/push/startup", J{"streamName": "none", "rtmpUrl": there}, http.StatusNotFound, "nobody publishes")
	for body, words := range map[string]string{
		`{}`: "missing", `{"streamName":"cam","rtmpUrl":"http://x/y"}`: "no address", `{"streamName":"cam","rtmpUrl":"rtmp:///x"}`: "no address",
		`{"streamName":"cam","rtmpUrl":"rtmp://x/y","width":-1}`:                                             "is not between",
		`{"streamName":"cam","rtmpUrl":"rtmp://x/y","options":{"action":"dance"}}`:                           "neither",
		`{"streamName":"cam","rtmpUrl":"rtmp://x/y","options":{"action":"sound_on"}}`:                        "missing",
		`{"streamName":"cam","rtmpUrl":"rtmp://x/y","options":{"action":"sound_on","soundFile":"none.wav"}}`: "no file",
	} {
		h.Refused("/rest-api/push/startup", json.RawMessage(body), http.StatusBadRequest, words)
	}
	for _, body := range []J{{"streamName": "cam"}, {"streamName": "rtmp_cam"}, {"rtmpUrl": there}, {}} {
		if list := h.List("/rest-api/push/find", body); len(list) != 1 {
			t.Errorf("%v: %v", body, list)
		}
	}
	if list := h.List("/rest-api/push/find", J{"streamName": "cam2"}); list != nil {
		t.Error(list)
	}
	second := h.start(J{"streamName": "cam", "rtmpUrl": there + "/again", "rtmpTransponderFullUrl": true, "options": J{"action": "mute"}})
	if second["streamName"] != "again" || second["muted"] != true {
		t.Errorf("%v", second)
	}
	h.Good("/rest-api/push/terminate", J{"mediaSessionId": second["mediaSessionId"]})
	h.Refused("/rest-api/push/terminate", J{"mediaSessionId": second["mediaSessionId"]}, http.StatusNotFound, "no push")
	cam.Close(nil)
	h.until("the end with its stream", func() bool { return h.List("/rest-api/push/find_all", nil) == nil })
}

// TestWhatHasNotBegunIsNotThere: nobody can say a word to a push whose pipeline does not run yet, but its place is taken.
func TestWhatHasNotBegunIsNotThere(t *testing.T) {
	h := open(t)
	h.Publish("cam", media.Opus)
	early := -1
	h.check = func() {
		early = len(h.all.List())
		h.check = func() {}
		h.Refused("/rest-api/push/startup", J{"streamName": "cam", "rtmpUrl": there}, http.StatusConflict, "pushed there already")
	}
	h.start(J{"streamName": "cam", "rtmpUrl": there})
	if late := len(h.all.List()); early != 0 || late != 1 {
		t.Errorf("%d are listed before it has begun, and %d after", early, late)
	}
}

// TestStreamKeysAreNotTold: the last part of a whole address may be a key, which belongs neither into the log nor into what graphs do not hide.
func TestStreamKeysAreNotTold(t *testing.T) {
	h := open(t)
	h.Publish("cam", media.Opus, media.VP8)
	h.start(J{"streamName": "cam", "rtmpUrl": there + "/s3cr3t?sign=al50", "rtmpTransponderFullUrl": true})
	h.start(J{"streamName": "cam", "rtmpUrl": "rtmp://me:you@example.org/key", "rtmpTransponderFullUrl": true})
	var got []string
	for _, params := range h.run.params {
		got = append(got, fmt.Sprint(params["to"], " ", params["key"]))
	}
	if want := []string{there + " s3cr3t?sign=al50", "rtmp://me:you@example.org key"}; !slices.Equal(got, want) {
		t.Errorf("the graphs get %q, not %q", got, want)
	}
	h.all.Close()
	if text := h.log.String(); !strings.Contains(text, "push ended") || strings.Contains(text, "s3cr3t") || strings.Contains(text, "al50") {
		t.Error(text)
	}
}

// TestWhatIsNotMutedIsNotToldToBe: a call that is given up before the mixer heard of it changes nothing.
func TestWhatIsNotMutedIsNotToldToBe(t *testing.T) {
	h := open(t)
	h.Publish("cam", media.Opus)
	id, _ := h.start(J{"streamName": "cam", "rtmpUrl": there})["mediaSessionId"].(string)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	body := strings.NewReader(fmt.Sprintf(`{"mediaSessionId": %q}`, id))
	a := httptest.NewRecorder()
	h.Handler.ServeHTTP(a, httptest.NewRequestWithContext(ctx, http.MethodPost, "/rest-api/push/mute", body))
	if list := h.List("/rest-api/push/find_all", nil); a.Code == http.StatusOK || len(list) != 1 || list[0]["muted"] != false {
		t.Errorf("%d %s: %v", a.Code, a.Body, list)
	}
}

// TestSoundsTakeTheStreamsPlace: what is left out of the mixer is what is not to be heard, and a file leaves it at its end.
func TestSoundsTakeTheStreamsPlace(t *testing.T) {
	h := open(t)
	h.Publish("cam", media.Opus, media.VP8)
	got := h.start(J{"streamName": "cam", "rtmpUrl": there, "options": J{"action": "sound_on", "soundFile": "ping.wav", "loop": "false"}})
	if options, _ := got["options"].(J); got["soundEnabled"] != true || options["soundFile"] != "ping.wav" {
		t.Errorf("%v", got)
	}
	do := func(what string, more J) {
		t.Helper()
		body := J{"mediaSessionId": got["mediaSessionId"]}
		for name, v := range more {
			body[name] = v
		}
		h.Good("/rest-api/push/"+what, body)
	}
	is := func(member string, want any) bool {
		list := h.List("/rest-api/push/find_all", nil)
		return len(list) == 1 && list[0][member] == want
	}
	if !strings.Contains(h.muted(), "voice") || !h.has("wave0") {
		t.Errorf("the file is not heard alone: %q", h.muted())
	}
	h.clock.AwaitAlarms(1)
	h.clock.Advance(time.Minute)
	h.until("the stream's own sound", func() bool {
		return is("soundEnabled", false) && !strings.Contains(h.muted(), "voice") && !h.has("wave0")
	})

	do("mute", nil)
	if !is("muted", true) || !strings.Contains(h.muted(), "voice") || !strings.Contains(h.muted(), "film") {
		t.Errorf("not everything is silent: %q", h.muted())
	}
	do("sound_on", J{"soundFile": "film.mp4", "loop": true})
	if !is("soundEnabled", true) || !h.has("film") {
		t.Error("the film is not heard")
	}
	do("unmute", nil)
	if strings.Contains(h.muted(), "film") || !strings.Contains(h.muted(), "voice") {
		t.Errorf("%q", h.muted())
	}
	do("sound_on", J{"soundFile": "ping.wav", "loop": true}) // in the film's place
	if h.has("film") || !h.has("wave0") {
		t.Error("the film goes on")
	}
	do("sound_off", nil)
	if h.has("wave0") || !is("soundEnabled", false) || strings.Contains(h.muted(), "voice") {
		t.Errorf("the file goes on: %q", h.muted())
	}
	h.Refused("/rest-api/push/sound_on", J{"mediaSessionId": got["mediaSessionId"], "soundFile": "none.wav"}, http.StatusBadRequest, "no file")
	h.Refused("/rest-api/push/sound_on", J{"mediaSessionId": "x", "soundFile": "ping.wav"}, http.StatusNotFound, "no push")
	h.Refused("/rest-api/push/mute", J{}, http.StatusBadRequest, "missing")
}
