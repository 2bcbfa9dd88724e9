//go:build cgo && !nogst

package main

import (
	"maps"
	"net/http"
	"os/exec"
	"strings"
	"testing"
)

// twoInRoom is a room with two guests, ann in red at 440 Hz and bob in blue at 1000 Hz.
func twoInRoom(t *testing.T, more J) (s *restServer, rtsp string) {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is missing")
	}
	s, _, rtsp = serveOld(t)
	s.graph("guest", guestGraph)
	s.until("the graph", func() bool { return strings.Contains(s.routes(), `"guest"`) })
	const starts = "POST /v1/pipelines?wait=20s"
	s.want(http.StatusCreated, starts, J{"graph": "guest", "id": "ann", "params": J{"name": "live/ann", "freq": 440, "colour": "red"}})
	s.want(http.StatusCreated, starts, J{"graph": "guest", "id": "bob", "params": J{"name": "live/bob", "freq": 1000, "colour": "blue"}})
	params := J{"room": "hall", "width": 640, "height": 360}
	maps.Copy(params, more)
	s.want(http.StatusCreated, starts, J{"graph": "rooms/mixer", "id": "hall", "params": params})
	for _, key := range []string{"ann", "bob"} {
		s.want(http.StatusCreated, "PUT /v1/pipelines/hall/nodes/seat/"+key, J{"params": J{"stream": "live/" + key}})
	}
	return s, rtsp
}

// TestMixerActions changes what is heard and seen while a room plays. What was done to a guest holds when it comes again, and
// nothing breaks meanwhile.
func TestMixerActions(t *testing.T) {
	t.Parallel()
	s, rtsp := twoInRoom(t, nil)
	do := func(node, action string, args J) {
		t.Helper()
		if a := s.Call(t, "POST /v1/pipelines/hall/nodes/"+node+"/actions/"+action, args); a.StatusCode != http.StatusOK {
			t.Fatalf("%s of %s: %d %s", action, node, a.StatusCode, a.Text)
		}
	}
	room := listen(t, "the room", "rtsp://"+rtsp+"/room/hall")
	ann := listen(t, "ann", "rtsp://"+rtsp+"/live/ann/mix")
	shown := wall(t, "rtsp://"+rtsp+"/room/hall")
	shown.shows(s, "both", "3,4 red", "12,4 blue", "3,0 black")
	room.until(s, 440, 1000)
	ann.until(s, 1000)
	before := s.readers("live/ann")

	do("sound", "mute", J{"key": "bob"})
	room.until(s, 440)
	ann.until(s)
	do("picture", "layout", J{"layout": "speaker"})
	shown.shows(s, "who comes first large", "2,4 red", "14,1 blue", "14,7 black")
	do("picture", "spotlight", J{"key": "bob"})
	shown.shows(s, "bob large", "2,4 blue", "14,1 red")
	s.want(http.StatusNoContent, "DELETE /v1/pipelines/hall/nodes/seat/bob", nil)
	shown.shows(s, "ann alone", "2,4 red", "12,4 red")
	s.want(http.StatusCreated, "PUT /v1/pipelines/hall/nodes/seat/bob", J{"params": J{"stream": "live/bob"}})
	shown.shows(s, "bob large again", "2,4 blue", "14,1 red")
	room.until(s, 440)
	do("sound", "mute", J{"key": "bob", "muted": false})
	room.until(s, 440, 1000)
	do("sound", "volume", J{"key": "ann", "db": -60})
	room.until(s, 1000)
	do("sound", "volume", J{"key": "ann", "volume": 1})
	room.until(s, 440, 1000)

	do("picture", "layout", J{"layout": "regions:\n  - {arrange: row, fill: crop}\n"})
	shown.shows(s, "halves without edges", "3,0 red", "3,8 red", "12,0 blue", "12,8 blue")
	do("picture", "layout", J{"layout": "grid"})
	shown.shows(s, "all of both", "3,4 red", "3,0 black", "12,0 black")
	do("picture", "place", J{"key": "bob", "x": 0, "y": 0, "width": 320, "height": 180, "layer": 9})
	shown.shows(s, "bob in a corner of ann", "3,2 blue", "3,6 red", "12,2 red")
	do("picture", "hide", J{"key": "bob"})
	shown.shows(s, "ann alone", "3,2 red", "12,6 red")
	do("picture", "hide", J{"key": "bob", "hidden": false})
	do("picture", "release", J{"key": "bob"})
	shown.shows(s, "both", "3,4 red", "12,4 blue")
	if now := s.readers("live/ann"); !maps.Equal(before, now) {
		t.Errorf("who stayed was read by %v, and then by %v", before, now)
	}
	if seats := s.seats("hall"); !maps.Equal(seats, map[string]bool{"seat[ann]": true, "seat[bob]": true}) {
		t.Errorf("the seats: %v", seats)
	}

	const at = "POST /v1/pipelines/hall/nodes/"
	for _, c := range []struct {
		status           int
		code, what, said string
		args             J
	}{
		{http.StatusNotFound, "resource_not_found", "sound/actions/mute", `there is no guest \"eve\"`, J{"key": "eve"}},
		{http.StatusNotFound, "resource_not_found", "picture/actions/spotlight", `there are ann, bob`, J{"key": "eve"}},
		{http.StatusUnprocessableEntity, "invalid_params", "sound/actions/volume", "/volume", J{"key": "ann", "volume": 11}},
		{http.StatusUnprocessableEntity, "invalid_params", "sound/actions/volume", "one of the two", J{"key": "ann"}},
		{http.StatusUnprocessableEntity, "invalid_params", "picture/actions/place", "/width", J{"key": "ann", "x": 0, "y": 0, "width": 1, "height": 9}},
		{http.StatusUnprocessableEntity, "invalid_params", "picture/actions/layout", `layout:2:6: a region has no key \"with\"`, J{"layout": "regions:\n  - {with: 50%}"}},
	} {
		s.refused(c.status, c.code, at+c.what, c.args)
		if a := s.Call(t, at+c.what, c.args); !strings.Contains(a.Text, c.said) {
			t.Errorf("%s: no %s in %s", c.what, c.said, a.Text)
		}
	}
}

// TestMixerSpeaker shows who speaks, unless somebody is in the spotlight, and goes on with it while guests come and go.
func TestMixerSpeaker(t *testing.T) {
	t.Parallel()
	s, rtsp := twoInRoom(t, nil)
	volume := func(id string, v float64) {
		t.Helper()
		s.want(http.StatusOK, "PATCH /v1/pipelines/"+id+"/nodes/sounds", J{"volume": v})
	}
	volume("ann", 0)
	s.want(http.StatusOK, "PATCH /v1/pipelines/hall/nodes/picture", J{"layout": "speaker"})
	shown := wall(t, "rtsp://"+rtsp+"/room/hall")
	shown.shows(s, "bob, who alone speaks", "2,4 blue", "14,1 red")
	volume("ann", 0.5)
	volume("bob", 0)
	shown.shows(s, "ann, who goes on", "2,4 red", "14,1 blue")
	do := func(node, action string, args J) {
		t.Helper()
		s.want(http.StatusOK, "POST /v1/pipelines/hall/nodes/"+node+"/actions/"+action, args)
	}
	do("picture", "spotlight", J{"key": "bob"})
	shown.shows(s, "bob in the spotlight", "2,4 blue", "14,1 red")
	do("picture", "spotlight", J{})
	shown.shows(s, "ann, who spoke last", "2,4 red", "14,1 blue")
	volume("bob", 0.5)
	do("sound", "mute", J{"key": "ann"})
	shown.shows(s, "bob, since who is muted does not speak", "2,4 blue", "14,1 red")
	s.want(http.StatusNoContent, "DELETE /v1/pipelines/hall/nodes/seat/bob", nil)
	shown.shows(s, "ann alone", "2,4 red", "14,7 red")
	s.want(http.StatusCreated, "PUT /v1/pipelines/hall/nodes/seat/bob", J{"params": J{"stream": "live/bob"}})
	shown.shows(s, "bob, who still has the floor", "2,4 blue", "14,1 red")
}

// TestMixerLabels writes into pictures who it is. What is written over is no longer of the picture's colour.
func TestMixerLabels(t *testing.T) {
	t.Parallel()
	s, rtsp := twoInRoom(t, J{"labels": true})
	shown := wall(t, "rtsp://"+rtsp+"/room/hall")
	label := func(text string) {
		t.Helper()
		s.want(http.StatusOK, "POST /v1/pipelines/hall/nodes/picture/actions/label", J{"key": "bob", "text": text})
	}
	label("")
	shown.shows(s, "nothing on bob", "9,6 blue", "12,4 blue", "14,6 blue")
	label("<b>&</i> \"")
	label(strings.Repeat("█", 20))
	shown.shows(s, "much on bob", "9,6 slate", "12,6 slate", "12,4 blue")
	label("")
	shown.shows(s, "nothing again", "9,6 blue", "12,6 blue")
	if seats := s.seats("hall"); !maps.Equal(seats, map[string]bool{"seat[ann]": true, "seat[bob]": true}) {
		t.Errorf("the seats: %v", seats)
	}
}
