//go:build cgo && !nogst

package main

import (
	"maps"
	"net/http"
	"strings"
	"testing"
)

// decoded is how many pictures of a guest have been decoded.
func (s *restServer) decoded(key string) int {
	s.t.Helper()
	list, _ := s.want(http.StatusOK, "GET /v1/pipelines/hall", nil)["nodes"].([]any)
	for _, n := range list {
		node, _ := n.(J)
		if counts, is := node["counts"].(J); is && node["name"] == "seat["+key+"]/guest/vdec" {
			units, _ := counts["units"].(float64)
			return int(units)
		}
	}
	return 0
}

// TestMixerUnseen takes pictures of a guest off and has them back, in each way that there is, and has one join who is not seen. What nobody
// sees is not decoded; what is seen again is whole, and in the sound, in the others' pictures and in the whole nothing is missing.
func TestMixerUnseen(t *testing.T) {
	t.Parallel()
	s, rtsp := twoInRoom(t, nil)
	s.graph("camera", cameraGraph)
	s.until("the graph", func() bool { return strings.Contains(s.routes(), `"camera"`) })
	s.want(http.StatusCreated, "POST /v1/pipelines?wait=20s", J{"graph": "camera", "id": "cid", "params": J{"name": "live/cid"}})
	room, shown := listen(t, "the room", "rtsp://"+rtsp+"/room/hall"), wall(t, "rtsp://"+rtsp+"/room/hall")
	do := func(action string, args J) {
		t.Helper()
		s.want(http.StatusOK, "POST /v1/pipelines/hall/nodes/picture/actions/"+action, args)
	}
	// passes waits until so many pictures more of somebody have been decoded.
	passes := func(key string, more int) {
		t.Helper()
		from := s.decoded(key)
		s.until("pictures of "+key, func() bool { return s.decoded(key) >= from+more })
	}
	shown.shows(s, "both", "3,4 red", "12,4 blue", "3,0 black")
	room.until(s, 440, 1000)
	before := s.readers("live/bob")
	for _, c := range []struct {
		way     string
		off, on J
	}{
		{"video", J{"key": "bob", "enabled": false}, J{"key": "bob", "enabled": true}},
		{"hide", J{"key": "bob", "hidden": true}, J{"key": "bob", "hidden": false}},
	} {
		do(c.way, c.off)
		shown.shows(s, "ann alone", "3,2 red", "12,6 red")
		still := s.decoded("bob")
		passes("ann", 30)
		if now := s.decoded("bob"); now != still {
			t.Errorf("%s: of one whom nobody sees %d pictures were decoded, while 30 of another were", c.way, now-still)
		}
		room.until(s, 440, 1000)
		// From red to blue there is what slides and fades, and a key frame that is the first of what is seen: no other colour.
		strange := ""
		done := shown.watching(func(picture []byte) {
			if c := named(shown.of(picture, 14, 4)); c == "green" || c == "white" {
				strange = c
			}
		})
		do(c.way, c.on)
		shown.shows(s, "both", "3,4 red", "12,4 blue", "3,0 black")
		passes("bob", 10)
		if done(); strange != "" {
			t.Errorf("%s: bob was %s for a moment", c.way, strange)
		}
	}

	do("hide", J{"key": "ann"})
	do("hide", J{"key": "ann", "hidden": false})
	shown.shows(s, "both, as nothing has happened", "3,4 red", "12,4 blue")
	s.want(http.StatusOK, "PATCH /v1/pipelines/hall/nodes/picture", J{"still": []string{"cid"}})
	s.want(http.StatusCreated, "PUT /v1/pipelines/hall/nodes/seat/cid", J{"params": J{"stream": "live/cid"}})
	s.until("all three", func() bool { return len(s.seats("hall")) == 3 })
	passes("ann", 30)
	if n := s.decoded("cid"); n > 1 {
		t.Errorf("of one who came unseen %d pictures were decoded", n)
	}
	shown.shows(s, "the two", "3,4 red", "12,4 blue")
	s.want(http.StatusOK, "PATCH /v1/pipelines/hall/nodes/picture", J{"still": []string{}})
	shown.shows(s, "three", "3,2 red", "12,2 blue", "8,6 green")
	if now := s.readers("live/bob"); !maps.Equal(before, now) {
		t.Errorf("bob was read by %v, and then by %v", before, now)
	}
	if seats := s.seats("hall"); !maps.Equal(seats, map[string]bool{"seat[ann]": true, "seat[bob]": true, "seat[cid]": true}) {
		t.Errorf("the seats: %v", seats)
	}
}
