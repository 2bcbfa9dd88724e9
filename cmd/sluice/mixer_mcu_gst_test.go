//go:build cgo && !nogst

package main

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"
)

// TestMixerGoesOnWithoutGuests: who looks at a mixer in which each guest has a stream of its own is not cut off when the last guest
// leaves, nor by the first who comes; and all see what was coded before anybody looked.
func TestMixerGoesOnWithoutGuests(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is missing")
	}
	s, _, rtsp := serveOld(t)
	s.graph("guest", guestGraph)
	s.until("the graph", func() bool { return strings.Contains(s.routes(), `"guest"`) })
	const starts = "POST /v1/pipelines?wait=20s"
	s.want(http.StatusCreated, starts, J{"graph": "wcs/mcu", "id": "hall", "params": J{"output": "hall", "width": 640, "height": 360}})
	s.want(http.StatusCreated, starts, J{"graph": "guest", "id": "ann", "params": J{"name": "live/ann", "freq": 440, "colour": "red"}})
	shown, heard := wall(t, "rtsp://"+rtsp+"/hall"), listen(t, "the room", "rtsp://"+rtsp+"/hall")
	shown.shows(s, "nobody", "3,4 black", "12,4 black")
	heard.until(s)
	for range 2 {
		s.want(http.StatusCreated, "PUT /v1/pipelines/hall/nodes/seat/ann", J{"params": J{"stream": "live/ann", "own": "live/ann/own"}})
		shown.shows(s, "ann", "3,4 red", "12,4 red")
		heard.until(s, 440)
		wall(t, "rtsp://"+rtsp+"/live/ann/own").shows(s, "what ann sees", "3,4 red")
		s.want(http.StatusNoContent, "DELETE /v1/pipelines/hall/nodes/seat/ann", nil)
		shown.shows(s, "nobody again", "3,4 black", "12,4 black")
		heard.until(s)
		s.seats("hall") // it is live, and was all the time
		if is := s.Call(t, "GET /v1/pipelines/hall", nil).Text; strings.Contains(is, "seat[") {
			t.Errorf("of ann there is left: %s", is)
		}
	}
}
