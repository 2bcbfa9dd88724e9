//go:build cgo && !nogst

package gst_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

// failing plays a graph until it fails, and gives the error, of whichever call or notice.
func failing(t *testing.T, text string, params map[string]any, patience time.Duration) error {
	t.Helper()
	rt, host := open(t), fake.NewHost()
	if _, err := rt.Prepare(within(t), resolve(t, template(t, "x", text), plan.Inputs{Params: params}), host); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := rt.Start(ctx); err != nil {
		return err
	}
	for {
		n, err := host.Next(within(t))
		if err != nil {
			t.Fatalf("it does not fail: %v", err)
		}
		if n.Kind == run.Broken {
			return n.Err
		}
	}
}

// unheardOf is a codec that nobody knows.
const unheardOf = "V_MPEX4/ISO/AVC"

// unknownCodec is a file of Matroska with pictures of a codec that nobody knows.
func unknownCodec(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "unknown.mkv")
	launch(t, "videotestsrc num-buffers=10 ! x264enc ! h264parse ! matroskamux ! filesink location="+file)
	patch(t, file, "V_MPEG4/ISO/AVC", unheardOf)
	return file
}

// Each failure has the code that doors translate, the node that its author knows, and says what happened.
func TestBlame(t *testing.T) {
	dir := t.TempDir()
	flv := clip(t)
	text := filepath.Join(dir, "text.flv")
	if err := os.WriteFile(text, []byte(strings.Repeat("this is no media file. ", 50)), 0o600); err != nil {
		t.Fatal(err)
	}
	silent := filepath.Join(dir, "silent.flv")
	launch(t, "videotestsrc num-buffers=10 ! x264enc ! h264parse ! flvmux ! filesink location="+silent)
	unknown := unknownCodec(t)
	const head = "graph: v1\nabout: It fails.\nparams: {f: file}\n"
	for _, c := range []struct {
		name, text, file string
		code             fault.Code
		node, says       string
	}{
		{"no file", "nodes: {r: filesrc location=$f, s: fakesink}\nlinks: [r -> s]", dir + "/none", fault.ResourceNotFound, "r", "none"},
		{"a folder", "nodes: {r: filesrc location=$f, s: fakesink}\nlinks: [r -> s]", dir, fault.ResourceNotFound, "r", "directory"},
		{"no folder", "nodes: {r: videotestsrc, s: filesink location=$f}\nlinks: [r -> s]", dir + "/no/x", fault.ResourceNotFound, "s", "no/x"},
		{"disk full", "nodes: {r: videotestsrc, s: filesink location=$f}\nlinks: [r -> s]", "/dev/full", fault.DiskFull, "s", "space"},
		{
			"no media", "nodes: {r: filesrc location=$f, d: flvdemux, s: fakesink}\nlinks: [r -> d, d.video -> s]", text,
			fault.MediaCorrupt, "d", "",
		},
		{
			"no sound", "nodes: {r: filesrc location=$f, d: flvdemux, v: fakesink, a: fakesink}\nlinks: [r -> d, d.video -> v, d.audio -> a]",
			silent, fault.CodecNotAvailable, "d", "no such track",
		},
		{
			"no common format", "nodes: {r: filesrc location=$f, d: flvdemux, p: h264parse, c: \"capsfilter caps=video/x-vp8\", s: fakesink}\n" +
				"links: [r -> d, d.video -> p -> c -> s]", flv, fault.GstNegotiation, "p", "",
		},
		{
			"a codec that does not exist", "nodes: {r: filesrc location=$f, d: matroskademux, v: decodebin3, s: fakesink}\nlinks: [r -> d, \"d.video_%u -> v -> s\"]",
			unknown, fault.MediaCorrupt, "v", "names a codec that does not exist",
		},
		{
			"sound that nothing decodes", "nodes: {r: filesrc location=$f, d: wavparse, v: decodebin3, s: fakesink}\nlinks: [r -> d -> v -> s]",
			"../../testdata/fuzz-media/wav-9-stalled.wav", fault.ElementUnavailable, "v", "decodes audio/x-mulaw",
		},
		{"a bad value", "nodes: {r: videotestsrc, q: capsfilter caps=$f, s: fakesink}\nlinks: [r -> q -> s]", "not/caps, =", fault.InvalidParams, "q", "caps"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := failing(t, head+c.text, map[string]any{"f": c.file}, 30*time.Second)
			var f *fault.Fault
			if !errors.As(err, &f) || f.Code != c.code || f.Place != c.node || !strings.Contains(strings.ToLower(err.Error()), c.says) {
				t.Errorf("%v (%+v)", err, f)
			}
		})
	}
}

// patch replaces bytes in a file.
func patch(t *testing.T, path, old, now string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err == nil && !bytes.Contains(data, []byte(old)) {
		t.Fatalf("%s has no %q", path, old)
	}
	if err == nil {
		err = os.WriteFile(path, bytes.Replace(data, []byte(old), []byte(now), 1), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// What a pipeline waits for in vain is named.
func TestStartTimeoutNamesWhatIsMissing(t *testing.T) {
	err := failing(t, `
graph: v1
about: A sink that waits for what never comes.
nodes:
  r: videotestsrc
  hold: valve drop=true
  s: fakesink
links:
  - r -> hold -> s
`, nil, 300*time.Millisecond)
	var f *fault.Fault
	if !errors.As(err, &f) || f.Code != fault.StartTimeout || f.Place != "s" {
		t.Errorf("%v", err)
	}
}

// An optional track that a file does not have leaves with all that only it feeds; the rest is written whole.
func TestAnOptionalTrackIsMissing(t *testing.T) {
	dir := t.TempDir()
	silent, out := filepath.Join(dir, "silent.flv"), filepath.Join(dir, "out.webm")
	launch(t, "videotestsrc num-buffers=25 ! video/x-raw,format=I420,framerate=25/1 ! x264enc ! h264parse ! flvmux ! filesink location="+silent)
	rt := open(t)
	host, _ := begin(t, rt, compile(t, "jobs/transcode", map[string]any{"source": silent, "target": out}))
	ended(t, host, "write")
	if err := rt.Drain(within(t)); err != nil {
		t.Fatal(err)
	}
	launch(t, "filesrc location="+out+" ! matroskademux ! vp8dec ! fakesink")
}

// A stream whose size changes on its way is described anew, and goes on.
func TestTheSizeChanges(t *testing.T) {
	small, few := units(t, "h264")
	tmpl := template(t, "big", `
graph: v1
about: A larger picture.
nodes:
  in: test.in video=h264 size=640x360 length=400ms
  out: stream.out name=x
links:
  - in -> out
`)
	made, _ := begin(t, open(t), resolve(t, tmpl, plan.Inputs{}))
	port := made.Port("out-video-out")
	until(t, "the end", func() bool { return len(port.Marks()) > 0 })

	p := resolve(t, template(t, "c", convertText), plan.Inputs{
		Params: map[string]any{"codec": "vp8"}, Given: given(media.Video, media.H264), Want: wanted(media.Video, media.VP8),
	})
	rt := open(t)
	host, inlets := begin(t, rt, p)
	in, out := inlets[only(t, p, plan.IntoGst)], host.Port(only(t, p, plan.OutOfGst))
	base := time.Since(host.Epoch())
	give := func(tr media.Track, list []*media.Unit, from time.Duration) {
		in.Codec(tr)
		for _, u := range list {
			moved := *u
			moved.PTS, moved.DTS = u.PTS+from, u.DTS+from
			in.Unit(&moved)
		}
	}
	give(small, few, base)
	until(t, "small pictures", func() bool { return len(out.Units()) > 0 })
	give(port.Tracks()[0], port.Units(), base+400*time.Millisecond)
	until(t, "large pictures", func() bool { return len(out.Tracks()) > 1 })
	tracks := out.Tracks()
	if tracks[0].Width != 320 || tracks[len(tracks)-1].Width != 640 {
		t.Errorf("described as %v", tracks)
	}
}
