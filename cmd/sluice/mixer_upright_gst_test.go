//go:build cgo && !nogst

package main

import (
	"image"
	"net/http"
	"strings"
	"testing"
)

// box is the least rectangle in which fields within another are not of a colour.
func (w *screen) box(within image.Rectangle, colour string) image.Rectangle {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := image.Rectangle{}
	for y := within.Min.Y; y < within.Max.Y; y++ {
		for x := within.Min.X; x < within.Max.X; x++ {
			if named(w.of(w.latest, x, y)) != colour {
				out = out.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return out
}

// TestMixerUpright writes on a guest who holds the telephone upright, on one who does not, and on one who sends a very small picture: all
// have the same letters, at the lower left of what is seen of them. Who is upright fills a place that crops, and has the label there.
func TestMixerUpright(t *testing.T) {
	t.Parallel()
	s, rtsp := twoInRoom(t, J{"labels": true, "transition": "0s"})
	s.graph("camera", cameraGraph)
	s.until("the graph", func() bool { return strings.Contains(s.routes(), `"camera"`) })
	s.want(http.StatusCreated, "POST /v1/pipelines?wait=20s", J{"graph": "camera", "id": "cid", "params": J{"name": "live/cid"}})
	s.want(http.StatusNoContent, "DELETE /v1/pipelines/hall/nodes/seat/bob", nil)
	s.want(http.StatusCreated, "PUT /v1/pipelines/hall/nodes/seat/cid", J{"params": J{"stream": "live/cid"}})
	do := func(action string, args J) {
		t.Helper()
		s.want(http.StatusOK, "POST /v1/pipelines/hall/nodes/picture/actions/"+action, args)
	}
	size := func(caps string) {
		t.Helper()
		s.want(http.StatusOK, "PATCH /v1/pipelines/cid/nodes/size", J{"caps": "video/x-raw,framerate=15/1,pixel-aspect-ratio=1/1," + caps})
	}
	for _, key := range []string{"ann", "cid"} {
		do("label", J{"key": key, "text": "████"})
	}
	shown := closely(t, "rtsp://"+rtsp+"/room/hall", 320, 180)
	// written waits until what is written in a picture lies at its lower left, and gives it.
	written := func(what, colour string, within image.Rectangle) (at image.Rectangle) {
		t.Helper()
		defer func() {
			if t.Failed() {
				t.Logf("within %v there is %v", within, at)
			}
		}()
		s.until(what, func() bool {
			at = shown.box(within, colour)
			left, below := at.Min.X-within.Min.X, within.Max.Y-at.Max.Y
			return !at.Empty() && left < 6 && below > 0 && below <= within.Dy()/12 && at.Dx() > 3*at.Dy()/2 && at.Dx() < 5*at.Dy() && at.Dy() < within.Dy()/4
		})
		return at
	}
	slim := func(a image.Rectangle) float64 { return float64(a.Dx()) / float64(a.Dy()) }
	alike := func(a, b image.Rectangle) {
		t.Helper()
		if r := slim(a) / slim(b); r < 0.8 || r > 1.25 {
			t.Errorf("letters are distorted: what is written is %v and %v", a, b)
		}
	}
	half := image.Rect(160, 0, 320, 180)
	ann := written("ann's name", "red", image.Rect(0, 46, 158, 134))
	size("width=180,height=320")
	upright := written("the name on who is upright", "green", image.Rect(191, 0, 289, 180))
	alike(ann, upright)
	do("layout", J{"layout": "regions: [{arrange: row, fill: crop}]"})
	alike(ann, written("the name in what is left of it", "green", half))
	size("width=64,height=36")
	do("layout", J{"layout": "grid"})
	alike(ann, written("the name on who sends next to nothing", "green", image.Rect(162, 46, 318, 134)))
	size("width=180,height=320")
	do("layout", J{"layout": "regions: [{arrange: row, fill: crop}]"})
	alike(ann, written("the name in what is left of it again", "green", half))
}
