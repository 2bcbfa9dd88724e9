//go:build cgo && !nogst

package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// wishing is a graph by which players over RTMP ask for a picture of their own, as pages of the Web SDK do.
const wishing = `graph: v1
about: Plays another picture of a stream.
route:
  - rtmp.play /NAME/{stream...}
nodes:
  in: stream.in name=$stream wait=10s WISH
  out: rtmp.out
links:
  - in -> out
`

// TestPlayersGetWhatTheyAskFor reads with ffprobe what players get who ask for a size, a rate or a quality.
func TestPlayersGetWhatTheyAskFor(t *testing.T) {
	t.Parallel()
	s, rtmp, _ := transcoders(t)
	const sound = ", aac 44100/1"
	rows := []struct {
		name, wish string
		want       wanted
	}{
		{"wide", "width=160", wanted{"h264 160x90" + sound, 25, 0, 0}},
		{"high", "height=60 fps=10", wanted{"h264 106x60" + sound, 10, 0, 20}},
		{"both", "width=96 height=96 bitrate=150k", wanted{"h264 96x96" + sound, 25, 150, 0}},
		{"rate", "bitrate=300k", wanted{"h264 320x180" + sound, 25, 300, 0}},
		{"coarse", "width=200 quality=20", wanted{"h264 200x112" + sound, 25, 0, 0}},
		{"fine", "width=200 quality=90 bitrate=4M", wanted{"h264 200x112" + sound, 25, 0, 0}},
	}
	for _, r := range rows {
		s.graph("wishes/"+r.name, strings.NewReplacer("NAME", r.name, "WISH", r.wish).Replace(wishing))
	}
	s.until("the graphs are there", func() bool {
		routes := s.routes()
		for _, r := range rows {
			if !strings.Contains(routes, fmt.Sprintf("/%s/", r.name)) {
				return false
			}
		}
		return true
	})
	kilobits := map[string]float64{}
	var mu sync.Mutex
	for i := 0; i < len(rows); i += 2 {
		var all sync.WaitGroup
		for _, r := range rows[i : i+2] {
			all.Go(func() {
				p := probe(t, 7, rtmp+r.name+"/cam")
				mu.Lock()
				defer mu.Unlock()
				kilobits[r.name] = r.want.hold(t, r.name, p)
			})
		}
		all.Wait()
	}
	if coarse, fine := kilobits["coarse"], kilobits["fine"]; coarse <= 0 || fine < 2*coarse {
		t.Errorf("%.0f kbit/s in bad quality, %.0f in good", coarse, fine)
	}
}
