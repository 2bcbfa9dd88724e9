//go:build cgo && !nogst

package main

import (
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// picture writes a file of one colour below the server's media, and gives its name.
func (s *restServer) picture(name string, width, height int, c color.Color) string {
	s.t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(m, m.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
	s.file(name, func(w io.Writer) error {
		if strings.HasSuffix(name, ".png") {
			return png.Encode(w, m)
		}
		return jpeg.Encode(w, m, &jpeg.Options{Quality: 95})
	})
	return "media/" + name
}

// file writes a file below the server's media, and gives its name.
func (s *restServer) file(name string, write func(io.Writer) error) string {
	s.t.Helper()
	f, err := os.Create(filepath.Join(s.folder, "media", name))
	if err == nil {
		err = write(f)
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return "media/" + name
}

// voiceGraph gives a tone, and no picture.
const voiceGraph = `graph: v1
about: A guest of a room who has no camera.
params:
  name: string
  freq: int
route:
  - rest.start
nodes:
  sounds: audiotestsrc is-live=true freq=$freq
  aenc: opusenc
  out: stream.out name=$name
links:
  - sounds -> [audio/x-raw,rate=48000,channels=2] -> aenc -> out
policy:
  end: never
`

var (
	green  = color.RGBA{0, 255, 0, 255}
	blue   = color.RGBA{0, 0, 255, 255}
	white  = color.RGBA{255, 255, 255, 255}
	nobody = color.RGBA{}
)

// TestMixerDress lays pictures from files over and below those of guests, and in the place of those who have none, while the room
// plays. Nothing breaks meanwhile, whatever the files are.
func TestMixerDress(t *testing.T) {
	t.Parallel()
	s, rtsp := twoInRoom(t, nil)
	do := func(action string, args J) {
		t.Helper()
		if a := s.Call(t, "POST /v1/pipelines/hall/nodes/picture/actions/"+action, args); a.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", action, a.StatusCode, a.Text)
		}
	}
	shown := wall(t, "rtsp://"+rtsp+"/room/hall")
	shown.shows(s, "both", "3,4 red", "12,4 blue", "3,0 black")
	before := s.readers("live/ann")

	logo, photo, wide := s.picture("logo.png", 80, 80, white), s.picture("photo.jpg", 64, 64, green), s.picture("wide.png", 400, 100, green)
	do("watermark", J{"file": logo, "x": -40, "y": 40})
	shown.shows(s, "white at the upper right", "13,1 white", "14,2 white", "15,1 black", "12,4 blue", "3,4 red")
	do("watermark", J{"file": logo, "x": 0, "y": 0, "width": 160, "height": 40, "alpha": 1})
	shown.shows(s, "white at the upper left", "0,0 white", "3,0 white", "4,0 black", "13,1 black")
	do("watermark", J{"file": logo, "x": 0, "y": 0, "width": 160, "height": 40, "alpha": 0})
	shown.shows(s, "nothing of it", "0,0 black")
	do("watermark", J{"key": "bob", "file": logo, "x": 0, "y": 0, "width": 160, "height": 160})
	shown.shows(s, "white at bob's upper left", "8,3 white", "12,4 blue", "3,4 red", "0,2 red", "0,0 black")
	do("watermark", J{"key": "bob"})
	shown.shows(s, "bob without it", "8,3 blue", "12,4 blue")
	do("watermark", J{})

	do("background", J{"file": photo})
	shown.shows(s, "green below", "3,0 green", "12,0 green", "0,8 green", "15,8 green", "3,4 red", "12,4 blue")
	do("background", J{"colour": "#ffffff"})
	shown.shows(s, "white below", "3,0 white", "15,8 white", "3,4 red", "12,4 blue")
	do("background", J{})
	shown.shows(s, "black below", "3,0 black", "15,8 black", "3,4 red", "12,4 blue")

	do("avatar", J{"key": "bob", "file": wide})
	shown.shows(s, "both, as they are", "3,4 red", "12,4 blue")
	do("video", J{"key": "bob", "enabled": false})
	shown.shows(s, "bob's avatar", "3,4 red", "12,4 green", "12,2 black")
	do("avatar", J{"key": "bob", "file": photo})
	shown.shows(s, "bob's other avatar", "3,4 red", "11,4 green", "8,4 black")
	do("video", J{"key": "bob"})
	shown.shows(s, "both", "3,4 red", "12,4 blue")
	do("video", J{"key": "bob", "enabled": false})
	do("avatar", J{"key": "bob"})
	shown.shows(s, "ann alone, since nothing is to be seen of bob", "3,2 red", "12,6 red")
	do("avatar", J{"file": photo})
	shown.shows(s, "the avatar of all who have no other", "3,4 red", "11,4 green")

	s.graph("voice", voiceGraph)
	s.until("the graph", func() bool { return strings.Contains(s.routes(), `"voice"`) })
	s.want(http.StatusCreated, "POST /v1/pipelines?wait=20s", J{"graph": "voice", "id": "cid", "params": J{"name": "live/cid", "freq": 2500}})
	do("video", J{"key": "bob"})
	s.want(http.StatusCreated, "PUT /v1/pipelines/hall/nodes/seat/cid", J{"params": J{"stream": "live/cid"}})
	shown.shows(s, "three, the last in the middle below", "3,2 red", "12,2 blue", "8,6 green", "2,6 black")
	do("avatar", J{})
	shown.shows(s, "a place for cid, with nothing in it", "3,2 red", "12,2 blue", "8,6 black")
	do("avatar", J{"key": "cid", "file": wide})
	shown.shows(s, "three again", "3,2 red", "12,2 blue", "8,6 green")
	s.want(http.StatusNoContent, "DELETE /v1/pipelines/hall/nodes/seat/cid", nil)
	shown.shows(s, "two, as cid has left", "3,4 red", "12,4 blue")

	if now := s.readers("live/ann"); !maps.Equal(before, now) {
		t.Errorf("who stayed was read by %v, and then by %v", before, now)
	}
	if seats := s.seats("hall"); !maps.Equal(seats, map[string]bool{"seat[ann]": true, "seat[bob]": true}) {
		t.Errorf("the seats: %v", seats)
	}
	dressBadly(s)
	shown.shows(s, "both, in spite of it all", "3,4 red", "12,4 blue", "3,0 black")
}

// dressBadly tries files that are none, and more.
func dressBadly(s *restServer) {
	s.t.Helper()
	write := func(text string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
	}
	s.file("text.png", write("no picture"))
	s.file("half.png", func(w io.Writer) error {
		whole, err := os.ReadFile(filepath.Join(s.folder, "media", "logo.png"))
		if err == nil {
			_, err = w.Write(whole[:len(whole)/2])
		}
		return err
	})
	s.picture("huge.png", 5000, 1, nobody)
	for _, c := range []struct {
		status             int
		code, action, said string
		args               J
	}{
		{http.StatusUnprocessableEntity, "invalid_params", "watermark", "the picture media/none.png: there is none", J{"file": "media/none.png"}},
		{http.StatusUnprocessableEntity, "invalid_params", "background", "the picture media/text.png: it is neither PNG nor JPEG", J{"file": "media/text.png"}},
		{http.StatusUnprocessableEntity, "invalid_params", "watermark", "the picture media/half.png: it cannot be read", J{"key": "bob", "file": "media/half.png"}},
		{http.StatusUnprocessableEntity, "invalid_params", "background", "5000 by 1 pixels", J{"file": "media/huge.png"}},
		{http.StatusUnprocessableEntity, "invalid_params", "background", `is no name of a PNG or JPEG file`, J{"file": "media/clip.mp4"}},
		{http.StatusUnprocessableEntity, "invalid_params", "background", `is no colour`, J{"colour": "reddish"}},
		{http.StatusUnprocessableEntity, "invalid_params", "background", `one of the two`, J{"colour": "#000000", "file": "media/logo.png"}},
		{http.StatusUnprocessableEntity, "invalid_params", "watermark", "/alpha", J{"file": "media/logo.png", "alpha": 2}},
		{http.StatusNotFound, "resource_not_found", "avatar", `there is no guest`, J{"key": "eve", "file": "media/logo.png"}},
		{http.StatusNotFound, "resource_not_found", "video", `there are ann, bob`, J{"key": "eve"}},
		{http.StatusForbidden, "forbidden", "watermark", "is not in a folder", J{"file": "/etc/logo.png"}},
		{http.StatusForbidden, "forbidden", "avatar", "is not in a folder", J{"key": "bob", "file": "media/../graphs/logo.png"}},
		{http.StatusForbidden, "forbidden", "background", "is not in a folder", J{"file": "http://127.0.0.1:1/logo.png"}},
	} {
		what := "POST /v1/pipelines/hall/nodes/picture/actions/" + c.action
		if c.action == "avatar" && c.status == http.StatusForbidden { // it would not be opened before it is needed
			s.want(http.StatusOK, "POST /v1/pipelines/hall/nodes/picture/actions/video", J{"key": "bob", "enabled": false})
		}
		s.refused(c.status, c.code, what, c.args)
		if a := s.Call(s.t, what, c.args); !strings.Contains(a.Text, c.said) {
			s.t.Errorf("%s %v: no %q in %s", c.action, c.args, c.said, a.Text)
		}
		s.want(http.StatusOK, "POST /v1/pipelines/hall/nodes/picture/actions/video", J{"key": "bob"})
	}
}
