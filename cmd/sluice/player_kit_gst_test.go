//go:build cgo && !nogst

package main

import (
	"fmt"
	"sync"
	"testing"

	"sluice/engine/enginetest/program"
)

// play has ffmpeg play something until the test is over, and hands what comes to take in parts of a size. At the end of what is
// played, take gets nil.
func play(t *testing.T, size int, take func(part []byte), args ...string) {
	t.Helper()
	player := program.Command(t, "ffmpeg", append([]string{"-hide_banner", "-loglevel", "error"}, append(args, "-flush_packets", "1", "pipe:1")...)...)
	player.Stdout = &parts{size: size, take: take}
	p := program.Run(t, player)
	told := make(chan struct{})
	go func() {
		defer close(told)
		<-p.Done()
		take(nil)
	}()
	t.Cleanup(func() {
		p.Kill()
		<-told
	})
}

// parts hands on what is written to it in parts of a size.
type parts struct {
	size int
	take func(part []byte)
	rest []byte
}

func (p *parts) Write(b []byte) (int, error) {
	p.rest = append(p.rest, b...)
	for ; len(p.rest) >= p.size; p.rest = p.rest[p.size:] {
		p.take(p.rest[:p.size])
	}
	return len(b), nil
}

// pictures has ffmpeg play the pictures of an input, each scaled to so many fields, each of which has the colour that its part of the
// picture has on average; take gets three bytes for each field.
func pictures(t *testing.T, width, height int, take func(picture []byte), input ...string) {
	t.Helper()
	play(t, 3*width*height, take, append(input, "-map", "0:v", "-vf", fmt.Sprintf("format=rgb24,scale=%d:%d:flags=area", width, height),
		"-pix_fmt", "rgb24", "-fps_mode", "passthrough", "-f", "rawvideo")...)
}

// screen shows a stream's pictures in fields, of which it keeps the latest.
type screen struct {
	width, height int
	mu            sync.Mutex
	latest        []byte
	check         func(picture []byte) // looks at each, if there is one
}

// wall is a screen of 16 by 9 fields.
func wall(t *testing.T, url string) *screen {
	t.Helper()
	return closely(t, url, 16, 9)
}

func closely(t *testing.T, url string, width, height int) *screen {
	t.Helper()
	w := &screen{width: width, height: height, latest: make([]byte, 3*width*height)}
	pictures(t, width, height, func(picture []byte) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if copy(w.latest, picture); w.check != nil && picture != nil {
			w.check(picture)
		}
	}, "-rtsp_transport", "tcp", "-i", url)
	return w
}

// of is a field's colour in a picture.
func (w *screen) of(picture []byte, column, row int) []byte {
	return picture[(row*w.width+column)*3:][:3]
}

// at is the name of the colour of a field, counted from the left and from above.
func (w *screen) at(column, row int) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return named(w.of(w.latest, column, row))
}

func named(p []byte) string {
	switch {
	case max(p[0], p[1], p[2]) < 30:
		return "black"
	case min(p[0], p[1], p[2]) > 200:
		return "white"
	}
	return colourOf(p)
}

// shows waits until fields have their colours: "2,4 red".
func (w *screen) shows(s *restServer, what string, fields ...string) {
	s.t.Helper()
	var seen []string
	defer func() {
		if s.t.Failed() {
			s.t.Logf("seen: %v", seen)
		}
	}()
	s.until(what, func() bool {
		seen = seen[:0]
		all := true
		for _, f := range fields {
			var x, y int
			var want string
			if _, err := fmt.Sscanf(f, "%d,%d %s", &x, &y, &want); err != nil {
				s.t.Fatal(err)
			}
			got := w.at(x, y)
			seen = append(seen, fmt.Sprintf("%d,%d %s", x, y, got))
			all = all && got == want
		}
		return all
	})
}

// watching has check look at every picture until the function that it gives is called.
func (w *screen) watching(check func(picture []byte)) (stop func()) {
	set := func(c func([]byte)) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.check = c
	}
	set(check)
	return func() { set(nil) }
}
