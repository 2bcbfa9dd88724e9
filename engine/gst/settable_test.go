//go:build cgo && !nogst

package gst_test

import (
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"sluice/engine/plan"
	"sluice/engine/run"
)

// TestStillsComeAndGo sets pictures from files in a mixer that has no other branches: the first brings the first branch of its
// pipeline, and the last takes it away.
func TestStillsComeAndGo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "wall.png")
	f, err := os.Create(file)
	if err == nil {
		err = errors.Join(png.Encode(f, image.NewRGBA(image.Rect(0, 0, 32, 18))), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	tmpl := template(t, "wall", `
graph: v1
about: An empty mixer.
params: {background: {type: string, default: ""}}
nodes:
  picture: video.mix width=160 height=90 fps=10 background=$background
  enc: vp8enc deadline=1
  out: stream.out name=wall
links:
  - picture -> enc -> out
`)
	wall := func(params map[string]any) *plan.Plan { return resolve(t, tmpl, plan.Inputs{Params: params}) }
	empty, dressed := wall(nil), wall(map[string]any{"background": file})
	rt := open(t)
	host, _ := begin(t, rt, empty)
	port := host.Port(only(t, empty, plan.OutOfGst))
	for _, p := range []*plan.Plan{dressed, empty, dressed} {
		apply(t, rt, run.Change{Verb: run.Set, Plan: p})
		count := len(port.Units())
		until(t, "pictures", func() bool { return len(port.Units()) > count+5 })
	}
}
