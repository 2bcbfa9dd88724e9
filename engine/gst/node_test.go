//go:build cgo && !nogst

package gst_test

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"sluice/engine/gst"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

// A node whose sound and pictures are in pipelines of their own is over when both are, and its pads can be told apart. The
// sound is raw, and at its end long before the pictures are coded.
func TestANodeInTwoPipelines(t *testing.T) {
	p := resolve(t, template(t, "apart", `
graph: v1
about: Sound and pictures that never meet.
nodes:
  in: test.in audio=pcmu video=h264 pattern=moving length=1s
  pictures: test.out
  sound: test.out
links:
  - in.video -> pictures
  - in.audio -> sound
`), plan.Inputs{})
	if len(p.Pipelines) != 2 {
		t.Fatalf("%d pipelines", len(p.Pipelines))
	}
	rt := openWith(t, gst.Options{Taps: true})
	var mu sync.Mutex
	frames := map[string]int{}
	see := func(b run.Passed) {
		mu.Lock()
		defer mu.Unlock()
		if !b.End {
			kind, _, _ := strings.Cut(b.Caps, "/")
			frames[kind+" "+b.Pad]++
		}
	}
	host := fake.NewHost()
	if _, err := rt.Prepare(within(t), p, host); err != nil {
		t.Fatal(err)
	}
	if err := rt.(run.Tapper).Tap("in", see); err != nil {
		t.Fatal(err)
	}
	if err := rt.Start(within(t)); err != nil {
		t.Fatal(err)
	}
	ended(t, host, "in")
	mu.Lock()
	defer mu.Unlock()
	if len(frames) != 2 || frames["video in-vhead.src"] != 25 || frames["audio in-aenc.src"] < 50 {
		t.Errorf("passed at the end of the node: %v", frames)
	}
}

// Of four pictures a second an encoder that looks ahead holds many seconds, for which the sound has to wait before the muxer,
// while one thread reads both from a file.
func TestAnEncoderThatLooksAhead(t *testing.T) {
	slow := filepath.Join(t.TempDir(), "slow.mkv")
	launch(t, "videotestsrc num-buffers=80 ! video/x-raw,width=160,height=90,framerate=4/1 ! jpegenc ! matroskamux name=m ! filesink location="+slow+
		" audiotestsrc num-buffers=1000 samplesperbuffer=160 ! audio/x-raw,rate=8000 ! mulawenc ! m.")
	rt := open(t)
	host, _ := begin(t, rt, resolve(t, template(t, "slow", `
graph: v1
about: Few pictures, coded with care.
params:
  source: file
  target: file
nodes:
  in: file.in path=$source
  dec: decode
  enc: x264enc
  sound: convert codec=aac
  out: file.out path=$target
links:
  - in.video -> dec -> enc -> out
  - in.audio -> sound -> out
`), plan.Inputs{Params: map[string]any{"source": slow, "target": filepath.Join(t.TempDir(), "a.mp4")}}))
	ended(t, host, "out")
}
