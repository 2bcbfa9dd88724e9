package engine_test

import (
	"strings"
	"testing"
	"time"

	"sluice/engine/media"
)

const picturing = `graph: v1
about: Decodes one picture.
route:
  - fake.publish /shows/{stream...}
nodes:
  in: stream.in name=$stream kind=video still=1m
  dec: decode
  out: fakesink
links:
  - in -> dec -> out
policy: {end: never}
`

// TestOnePicture: a graph that reads one picture alone gets that, with a time that it has, and plays on until it is ended.
func TestOnePicture(t *testing.T) {
	e := start(t, map[string]string{"publish": publish, "show": picturing})
	camera := newPeer(media.NewTrack(media.H264))
	if _, err := e.Raise(t.Context(), raise("fake.publish", "/cam", camera)); err != nil {
		t.Fatal(err)
	}
	pub := await(t, "the publication", camera.fed)
	write := func(at time.Duration, key bool) {
		t.Helper()
		if err := pub.WriteUnits(0, []media.Unit{unit(at, key)}); err != nil {
			t.Fatal(err)
		}
	}
	write(0, true)
	write(time.Millisecond, false)
	inst, err := e.Raise(t.Context(), raise("fake.publish", "/shows/cam", newPeer()))
	if err != nil {
		t.Fatal(err)
	}
	rt := await(t, "the Runtime", e.begun)
	if u := await(t, "the picture", rt.taken); !u.Key || u.PTS <= 0 {
		t.Errorf("%+v", u)
	}
	write(2*time.Millisecond, true)
	if err := inst.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if len(rt.taken) > 0 {
		t.Error("more came than one picture")
	}
}

// TestOnePictureForGo: what is written in Go gets none.
func TestOnePictureForGo(t *testing.T) {
	e := start(t, map[string]string{"publish": publish, "play": strings.Replace(play, "wait=5s", "still=1s", 1)})
	if _, err := e.Raise(t.Context(), raise("fake.publish", "/cam", newPeer(media.NewTrack(media.VP8)))); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Raise(t.Context(), raise("fake.play", "/cam", newPeer())); err == nil || !strings.Contains(err.Error(), "into GStreamer") {
		t.Error(err)
	}
}
