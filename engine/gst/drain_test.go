//go:build cgo && !nogst

package gst_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

// A track of a file that nobody links does not hold up the others (R6), whichever it is and whatever it is in.
func TestWhatNobodyLinksHoldsUpNothing(t *testing.T) {
	const picture = "videotestsrc num-buffers=50 ! video/x-raw,format=I420,width=64,height=48,framerate=25/1 ! x264enc ! h264parse"
	const sound = "audiotestsrc num-buffers=94 samplesperbuffer=1024 ! audio/x-raw,rate=48000,channels=1 ! avenc_aac ! aacparse"
	for _, c := range []struct{ name, mux, demux, video, audio string }{
		{"flv", "flvmux", "flvdemux", "video", "audio"},
		{"mp4", "mp4mux", "qtdemux", "video_%u", "audio_%u"},
		{"ts", "mpegtsmux", "tsdemux", "video_%01x_%05x", "audio_%01x_%05x"},
		{"mkv", "matroskamux", "matroskademux", "video_%u", "audio_%u"},
	} {
		file := filepath.Join(t.TempDir(), "in."+c.name)
		launch(t, c.mux+" name=m ! filesink location="+file+" "+picture+" ! m. "+sound+" ! m.")
		for _, track := range []struct{ name, pad, parse, dec string }{
			{"video", c.video, "h264parse", "avdec_h264"}, {"audio", c.audio, "aacparse", "avdec_aac"},
		} {
			t.Run(c.name+" "+track.name, func(t *testing.T) {
				out := filepath.Join(t.TempDir(), "out.raw")
				p := resolve(t, template(t, "x", `
graph: v1
about: One track of a file.
params: {f: file, out: file}
nodes: {r: filesrc location=$f, d: `+c.demux+`, p: `+track.parse+`, v: `+track.dec+`, s: filesink location=$out}
links: [r -> d, "d.`+track.pad+` -> p -> v -> s"]
`), plan.Inputs{Params: map[string]any{"f": file, "out": out}})
				rt := open(t)
				host, _ := begin(t, rt, p)
				ended(t, host, "s")
				if info, err := os.Stat(out); err != nil || info.Size() < 200_000 {
					t.Errorf("%v, %v", info, err)
				}
			})
		}
	}
}

// What failed is told by Drain even if all sinks have ended meanwhile: who fails ends the stream behind it.
func TestDrainTellsWhatFailed(t *testing.T) {
	rt, host := open(t), fake.NewHost()
	p := resolve(t, template(t, "x", `
graph: v1
about: It fails, and ends.
nodes:
  r: videotestsrc is-live=true
  i: identity error-after=75
  s: fakesink
links:
  - r -> i -> s
`), plan.Inputs{})
	if _, err := rt.Prepare(within(t), p, host); err != nil {
		t.Fatal(err)
	}
	if err := rt.Start(within(t)); err != nil {
		t.Fatal(err)
	}
	for broken, over := false, false; !broken || !over; {
		n, err := host.Next(within(t))
		if err != nil {
			t.Fatal(err)
		}
		broken, over = broken || n.Kind == run.Broken, over || n.Kind == run.NodeEnded && n.Node == "s"
	}
	if err := rt.Drain(within(t)); fault.CodeOf(err) != fault.GstElement {
		t.Errorf("%v", err)
	}
}

// A damaged file that has tracks and nothing in them is an error, at once: no decoder says that it has got nothing.
func TestTracksWithNothingInThem(t *testing.T) {
	for _, file := range []string{"mkv-42-stalled.mkv", "webm-17-stalled.webm"} {
		rt, host := open(t), fake.NewHost()
		if _, err := rt.Prepare(within(t), compile(t, "jobs/convert", map[string]any{
			"source": "../../testdata/fuzz-media/" + file, "target": filepath.Join(t.TempDir(), "out.webm"),
		}), host); err != nil {
			t.Fatal(err)
		}
		err := rt.Start(within(t))
		for err == nil {
			n, late := host.Next(within(t))
			if late != nil {
				t.Fatal(late)
			}
			err = n.Err
		}
		var f *fault.Fault
		if !errors.As(err, &f) || f.Code != fault.MediaCorrupt || f.Place != "in" || !strings.Contains(err.Error(), "only the end") {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// An optional track with nothing in it is left out, and the rest is written.
func TestAnOptionalTrackWithNothingInIt(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.webm")
	rt := open(t)
	host, _ := begin(t, rt, resolve(t, template(t, "x", `
graph: v1
about: Sound, and pictures of which there are none.
params: {in: file, out: file}
nodes:
  r: filesrc location=$in
  d: matroskademux
  v: decodebin3
  e: vp8enc
  a: audiotestsrc num-buffers=50
  o: opusenc
  m: webmmux
  s: filesink location=$out
links: [r -> d, "d.video_%u -> v", "v.video_%u? -> e -> m", a -> o -> m, m -> s]
`), plan.Inputs{Params: map[string]any{"in": "../../testdata/fuzz-media/mkv-42-stalled.mkv", "out": out}}))
	ended(t, host, "s")
	if err := rt.Drain(within(t)); err != nil {
		t.Fatal(err)
	}
	launch(t, "filesrc location="+out+" ! matroskademux ! opusdec ! fakesink")
}
