//go:build cgo && !nogst

package gst_test

import (
	"testing"

	"sluice/engine/plan"
	"sluice/engine/run"
)

const emptyRoom = `
graph: v1
about: A room whose own stream is made while somebody reads it, and that guests come to and leave.
nodes:
  seat: {use: fragments/seat, each: {key: guest, max: 4}}
  picture: video.mix width=160 height=90 fps=15
  sound: audio.mix rate=48000 channels=2
  venc: convert codec=h264
  aenc: opusenc
  out: {element: stream.out, set: {name: room}, lazy: 5s}
links:
  - seat.video? -> picture -> venc -> out
  - seat.audio? -> sound -> aenc -> out
  - sound.minus[seat] -> seat.ear
policy: {end: never}
`

// What is lazy in a room goes on when the last guest leaves, and begins with nobody there.
func TestTheLastGuestLeaves(t *testing.T) {
	tmpl := template(t, "empty", emptyRoom)
	with := func(guests ...string) *plan.Plan {
		keys := []plan.Key{}
		for _, g := range guests {
			keys = append(keys, plan.Key{Name: g, Params: map[string]any{"stream": g}})
		}
		return resolve(t, tmpl, plan.Inputs{Keys: map[string][]plan.Key{"seat": keys}})
	}
	rt := open(t)
	host, _ := begin(t, rt, with())
	apply(t, rt, run.Change{Verb: run.StartLazy, Branch: "out"})
	goesOn := func(when string) {
		t.Helper()
		port := host.Port("out-audio-out")
		count := len(port.Units())
		until(t, "sound "+when, func() bool { return len(port.Units()) > count+10 })
	}
	goesOn("with nobody there")
	for range 2 {
		apply(t, rt, run.Change{Verb: run.AddBranch, Branch: "seat[ann]", Plan: with("ann")})
		goesOn("with a guest")
		apply(t, rt, run.Change{Verb: run.RemoveBranch, Branch: "seat[ann]", Plan: with()})
		goesOn("when the last has left")
	}
	quiet(t, host)
}
