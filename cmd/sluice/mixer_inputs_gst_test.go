//go:build cgo && !nogst

package main

import (
	"maps"
	"net/http"
	"strings"
	"testing"
)

// cameraGraph gives pictures that can be stopped, and change their size.
const cameraGraph = `graph: v1
about: A guest of a room with a camera that has its moods.
params:
  name: string
route:
  - rest.start
nodes:
  pictures: videotestsrc is-live=true pattern=green
  scale: videoscale add-borders=false
  size: capsfilter caps="video/x-raw,width=320,height=180,framerate=15/1,pixel-aspect-ratio=1/1"
  gate: valve
  venc: x264enc tune=zerolatency speed-preset=ultrafast key-int-max=15
  out: stream.out name=$name
links:
  - pictures -> scale -> size -> gate -> venc -> [video/x-h264,profile=constrained-baseline] -> out
policy:
  end: never
  stall: 1h
`

// TestMixerInputs has a guest's pictures change their sides, stop, go on, end and come again. They keep their shape and their place;
// while there are none, the last is shown for a while, and then an avatar, if there is one.
func TestMixerInputs(t *testing.T) {
	t.Parallel()
	s, rtsp := twoInRoom(t, J{"hold": "1s"})
	s.graph("camera", cameraGraph)
	s.until("the graph", func() bool { return strings.Contains(s.routes(), `"camera"`) })
	do := func(action string, args J) {
		t.Helper()
		s.want(http.StatusOK, "POST /v1/pipelines/hall/nodes/picture/actions/"+action, args)
	}
	publish := func() {
		t.Helper()
		s.want(http.StatusCreated, "POST /v1/pipelines?wait=20s", J{"graph": "camera", "id": "cid", "params": J{"name": "live/cid"}})
	}
	publish()
	s.want(http.StatusNoContent, "DELETE /v1/pipelines/hall/nodes/seat/bob", nil)
	s.want(http.StatusCreated, "PUT /v1/pipelines/hall/nodes/seat/cid", J{"params": J{"stream": "live/cid"}})
	shown := wall(t, "rtsp://"+rtsp+"/room/hall")
	shown.shows(s, "both", "3,4 red", "12,4 green", "8,4 green", "12,0 black")
	before := s.readers("live/ann")

	size := func(caps string) {
		t.Helper()
		s.want(http.StatusOK, "PATCH /v1/pipelines/cid/nodes/size", J{"caps": "video/x-raw,framerate=15/1,pixel-aspect-ratio=1/1," + caps})
	}
	size("width=180,height=320")
	shown.shows(s, "upright", "3,4 red", "8,4 black", "12,4 green", "15,4 black")
	do("layout", J{"layout": "regions: [{arrange: row, fill: crop}]"})
	shown.shows(s, "all of its place, its top and bottom cut off", "3,0 red", "8,0 green", "15,8 green", "15,0 green")
	size("width=640,height=360")
	do("layout", J{"layout": "grid"}) // as the pictures change
	shown.shows(s, "wide", "3,4 red", "8,4 green", "12,0 black")

	gate := func(drop bool) {
		t.Helper()
		s.want(http.StatusOK, "PATCH /v1/pipelines/cid/nodes/gate", J{"drop": drop})
	}
	gate(true)
	shown.shows(s, "nothing, since it has stopped", "3,4 red", "12,4 black")
	gate(false)
	shown.shows(s, "it goes on", "3,4 red", "12,4 green")
	do("avatar", J{"key": "cid", "file": s.picture("face.png", 64, 36, blue)})
	gate(true)
	shown.shows(s, "its avatar", "3,4 red", "8,4 blue", "12,4 blue")
	gate(false)
	shown.shows(s, "it goes on again", "3,4 red", "8,4 green", "12,4 green")
	s.want(http.StatusAccepted, "DELETE /v1/pipelines/cid?drain=0s", nil)
	shown.shows(s, "the avatar of who has ended", "3,4 red", "12,4 blue")
	s.until("the end", func() bool { return s.Call(t, "GET /v1/pipelines/cid", nil).StatusCode == http.StatusNotFound })
	publish()
	shown.shows(s, "it is back in its place", "3,4 red", "8,4 green", "12,4 green")
	if now := s.readers("live/ann"); !maps.Equal(before, now) {
		t.Errorf("who stayed was read by %v, and then by %v", before, now)
	}
	if seats := s.seats("hall"); !maps.Equal(seats, map[string]bool{"seat[ann]": true, "seat[cid]": true}) {
		t.Errorf("the seats: %v", seats)
	}
}

// TestMixerTransitions looks at every picture while the layout changes: all who are there are to be seen in each, between where they
// were and where they will be, too.
func TestMixerTransitions(t *testing.T) {
	t.Parallel()
	s, rtsp := twoInRoom(t, J{"transition": "1s"})
	shown := wall(t, "rtsp://"+rtsp+"/room/hall")
	shown.shows(s, "both", "3,4 red", "12,4 blue", "3,0 black")
	do := func(action string, args J) {
		t.Helper()
		s.want(http.StatusOK, "POST /v1/pipelines/hall/nodes/picture/actions/"+action, args)
	}
	// middle is how far from the left and from above a colour's fields are on average, in tenths; false if there is none.
	middle := func(picture []byte, colour string) (x, y int, is bool) {
		n := 0
		for row := range 9 {
			for column := range 16 {
				if named(shown.of(picture, column, row)) == colour {
					x, y, n = x+10*column+5, y+10*row+5, n+1
				}
			}
		}
		if n == 0 {
			return 0, 0, false
		}
		return x / n, y / n, true
	}
	missing, between := 0, 0
	stop := shown.watching(func(picture []byte) {
		_, _, ann := middle(picture, "red")
		x, y, bob := middle(picture, "blue")
		if !ann || !bob {
			missing++
		}
		if x > 122 && x < 138 && y > 15 && y < 42 {
			between++
		}
	})
	do("spotlight", J{"key": "ann"})     // both hum, and either may have the floor
	do("layout", J{"layout": "speaker"}) // bob goes from 120,45 to 140,10
	shown.shows(s, "ann large", "2,4 red", "11,6 red", "14,1 blue", "14,7 black")
	do("layout", J{"layout": "grid"})
	shown.shows(s, "both", "3,4 red", "12,4 blue", "3,0 black")
	stop()
	if missing > 0 || between < 5 {
		t.Errorf("%d pictures without one of the two, %d on the way", missing, between)
	}

	dim := 0
	stop = shown.watching(func(picture []byte) {
		if p := shown.of(picture, 12, 4); p[2] > 60 && p[2] < 190 && max(p[0], p[1]) < 60 {
			dim++
		}
	})
	s.want(http.StatusNoContent, "DELETE /v1/pipelines/hall/nodes/seat/bob", nil)
	shown.shows(s, "ann alone", "3,1 red", "12,4 red")
	s.want(http.StatusOK, "PATCH /v1/pipelines/hall/nodes/picture", J{"transition": "0s"})
	do("hide", J{"key": "ann"})
	s.want(http.StatusOK, "PATCH /v1/pipelines/hall/nodes/picture", J{"transition": "1s"})
	s.want(http.StatusCreated, "PUT /v1/pipelines/hall/nodes/seat/bob", J{"params": J{"stream": "live/bob"}})
	shown.shows(s, "bob alone", "3,1 blue", "12,4 blue")
	do("hide", J{"key": "bob"})
	shown.shows(s, "nobody", "3,1 black", "12,4 black")
	if stop(); dim < 10 {
		t.Errorf("%d pictures in which bob appears or disappears", dim)
	}
}
