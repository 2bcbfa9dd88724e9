package trial_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine/fault"
	"sluice/engine/run"
	"sluice/engine/spec"
	"sluice/engine/trial"
)

// film is a lab whose graph gives 50 pictures and 100 packets of sound, and writes a file with them.
func film() *lab {
	video, audio := frames("src", vp8, 50, []byte("picture")), packets("src", opus, 100, []byte("sound"))
	inside := slices.Concat(frames("video_0", vp8, 50, []byte("picture")), packets("audio_0", opus, 100, []byte("sound")))
	return &lab{
		script: script{passes: map[string][]run.Passed{"enc": video, "aenc": audio}, writes: map[string][]byte{"film.webm": []byte("webm")}},
		files:  map[string][]run.Passed{"webm": inside},
	}
}

func TestQuantities(t *testing.T) {
	for body, want := range map[string]string{
		"{enc: {frames: 50, keyframes: 10, length: 2s, bytes: 350, rate: 1400, fps: 25, caps: video/x-vp8, size: 320x180}}": "",
		"{aenc: {frames: 100, length: 1.9s..2.1s, bytes: ..1k, caps: audio/x-opus}}":                                        "",
		"{enc: {frames: 51..}}":                             "enc.frames: 50",
		"{enc: {keyframes: ..9}}":                           "enc.keyframes: 10",
		"{enc: {length: 1s}}":                               "enc.length: 2s",
		"{enc: {bytes: 349}}":                               "enc.bytes: 350",
		"{enc: {rate: 2k..}}":                               "enc.rate: 1.4k",
		"{enc: {fps: 30}}":                                  "enc.fps: 25",
		"{enc: {size: 320x240}}":                            "enc.size: 320x180",
		"{enc: {caps: \"video/x-vp8,width=640\"}}":          "enc.caps: video/x-vp8, profile=(string)0, width=(int)320, height=(int)180",
		"{aenc: {fps: 25}}":                                 "aenc.fps: no pictures passed",
		"{mux: {frames: 0, bytes: 0}}":                      "",
		"{mux: {frames: 1.., caps: video/webm, rate: 1..}}": "mux.frames: 0|mux.caps: nothing passed|mux.rate: nothing passed",
		"{end: eos}":                                        "",
		"{end: timeout}":                                    "end: eos",
		"{error: {code: stalled}}":                          "end: eos",
		"{drift: ..40ms}":                                   "",
		"{write: {bytes: 4, tracks: [opus, vp8], frames: 50, caps: video/x-vp8}}": "",
		"{write: {tracks: [vp8]}}":            "write.tracks: [opus, vp8]",
		"{write: {tracks: [vp8, opus, aac]}}": "write.tracks: [opus, vp8]",
		"{write: {bytes: 5..}}":               "write.bytes: 4",
		"{write: {length: 3s}}":               "write.length: 2s",
		"{write: {rate: 1..}}":                "write.rate: several outputs: write write.audio, or one of audio_0, video_0",
		"{write.video: {length: 2s, frames: 50}, write.audio_0: {frames: 100, bytes: 500}}": "",
		"{write.video: {frames: 5}}": "write.video.frames: 50",
		"{enc.audio: {frames: 5}}":   "enc.audio.frames: nothing passed there, only on src",
	} {
		r := expectOne(t, film(), body)
		if got := strings.Join(failed(r), "|"); got != want || (r.Outcome == trial.Passed) != (want == "") {
			t.Errorf("%s: %s %q, want %q (%s)", body, r.Outcome, got, want, r.Reason)
		}
	}
}

// TestPlaces: what is found names the line and column of the expectation.
func TestPlaces(t *testing.T) {
	r := try(t, film(), trial.Options{}, "  - name: one\n    expect:\n      end: timeout\n      enc: {caps: video/x-vp8, frames: 1}\n")[0]
	lines := strings.Count(graph, "\n")
	want := []spec.Pos{{File: "graphs/g.yaml", Line: lines + 4, Col: 12}, {File: "graphs/g.yaml", Line: lines + 5, Col: 13}, {File: "graphs/g.yaml", Line: lines + 5, Col: 32}}
	for i, f := range r.Found {
		if f.Pos != want[i] {
			t.Errorf("%s at %v, want %v", f.What, f.Pos, want[i])
		}
	}
	if len(r.Found) != 3 || r.Pos.Line != lines+2 || r.Graph != "g" || r.Name != "one" {
		t.Errorf("%+v", r)
	}
}

func TestTimesWithoutDurations(t *testing.T) {
	l := film()
	for i := range l.script.passes["enc"] {
		l.script.passes["enc"][i].Duration = -1
	}
	l.script.passes["aenc"] = []run.Passed{{Pad: "src", Caps: opus, PTS: -1, Duration: -1, Key: true, Data: []byte("x")}}
	r := expectOne(t, l, "{enc: {length: 2s}, aenc: {frames: 1, length: 0s, rate: 1..}}")
	if got := failed(r); !slices.Equal(got, []string{"aenc.rate: not enough passed to tell"}) {
		t.Errorf("%v", got)
	}
}

func TestHeadersAreNoFrames(t *testing.T) {
	l := film()
	head := run.Passed{Pad: "src", Caps: vp8, PTS: -1, Duration: -1, Header: true, Data: []byte("head")}
	l.script.passes["enc"] = append([]run.Passed{head}, l.script.passes["enc"]...)
	if r := expectOne(t, l, "{enc: {frames: 50, keyframes: 10, bytes: 354, length: 2s}}"); r.Outcome != trial.Passed {
		t.Error(failed(r))
	}
}

// TestFramesWithParameterSets: what has a time is media, whatever else it brings.
func TestFramesWithParameterSets(t *testing.T) {
	l := film()
	for i := range l.script.passes["enc"] {
		l.script.passes["enc"][i].Header = i%5 == 0
	}
	if r := expectOne(t, l, "{enc: {frames: 50, keyframes: 10}}"); r.Outcome != trial.Passed {
		t.Error(failed(r))
	}
}

func TestCapsThatChange(t *testing.T) {
	l := film()
	for i := range l.script.passes["enc"][25:] {
		l.script.passes["enc"][25+i].Caps = strings.ReplaceAll(vp8, "320", "640")
	}
	r := expectOne(t, l, "{enc: {caps: \"video/x-vp8,width=320\", size: 320x180, frames: 50}}")
	if got := failed(r); len(got) != 2 || !strings.Contains(got[0], " and ") || got[1] != "enc.size: 320x180, then 640x180" {
		t.Errorf("%v", got)
	}
	if r := expectOne(t, l, "{enc: {caps: \"video/x-vp8,width={320,640}\"}}"); r.Outcome != trial.Passed {
		t.Error(failed(r))
	}
}

func TestDrift(t *testing.T) {
	l := film()
	l.files["webm"] = slices.Concat(frames("video_0", vp8, 50, nil), packets("audio_0", opus, 90, []byte("a")))
	if got := failed(expectOne(t, l, "{drift: ..40ms}")); !slices.Equal(got, []string{`drift: 200ms in the file of "write"`}) {
		t.Errorf("%v", got)
	}
	// Without a file the nodes that are named count.
	l.script.writes = nil
	if r := expectOne(t, l, "{drift: ..1ms, enc: {frames: 50}, aenc: {frames: 100}}"); r.Outcome != trial.Passed {
		t.Error(failed(r))
	}
	if got := failed(expectOne(t, l, "{drift: ..1s, enc: {frames: 50}}")); len(got) != 1 || !strings.Contains(got[0], "name the nodes") {
		t.Errorf("%v", got)
	}
}

func TestErrors(t *testing.T) {
	l := film()
	l.script.fails = fault.New(fault.ResourceNotFound, "g/enc", "there is no such thing")
	for body, want := range map[string]string{
		"{error: {code: resource_not_found, node: enc}}": "",
		"{end: error}":             "",
		"{error: {}}":              "",
		"{error: {code: stalled}}": "error.code: resource_not_found: g#test/enc: there is no such thing",
		"{error: {node: mux}}":     "error.node: enc",
		"{end: eos}":               "end: error: g#test/enc: there is no such thing",
		"{enc: {frames: 50}}":      "end: error: g#test/enc: there is no such thing",
		"{end: error, enc: {frames: 50}, write: {bytes: 4}}": "", // what passed before counts
	} {
		r := expectOne(t, l, body)
		if got := strings.Join(failed(r), "|"); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

func TestErrorBeforeAnythingRuns(t *testing.T) {
	l := film()
	text := strings.Replace(graph, "name: {type: string, default: x}", "name: {type: string, default: x}\n  more: int", 1)
	r := tryGraph(t, l, trial.Options{}, text+"tests: [{name: one, expect: {error: {code: invalid_params}}}, {name: two, expect: {end: eos}}, {name: three, expect: {plan: {nodes: 6}}}]\n")
	if r[0].Outcome != trial.Passed || r[1].Outcome != trial.Failed || r[2].Outcome != trial.Failed || r[2].Reason == "" || l.opened > 0 {
		t.Errorf("%+v", r)
	}
}

func TestPeersAreNotThere(t *testing.T) {
	tests := "tests:\n  - {name: one}\n  - {name: two, mock: {enc: filesrc location=a}, expect: {enc: {frames: 50}}}\n"
	r := tryGraph(t, film(), trial.Options{}, called()+tests)
	if got := failed(r[0]); len(got) != 1 || !strings.Contains(got[0], "mock: {enc: ") {
		t.Errorf("%v", got)
	}
	if r[1].Outcome != trial.Passed {
		t.Errorf("%+v", r[1])
	}
}

func TestMockLeavesTheGraphAlone(t *testing.T) {
	tests := "tests:\n  - {name: one, mock: {enc: {element: filesrc, set: {location: a}}}, expect: {plan: {bridges: 0}}}\n" +
		"  - {name: two, expect: {plan: {bridges: 1}}}\n"
	r := tryGraph(t, nil, trial.Options{PlanOnly: true}, called()+tests)
	if r[0].Outcome != trial.Passed || r[1].Outcome != trial.Passed {
		t.Errorf("%v %v", failed(r[0]), failed(r[1]))
	}
}

func TestUntappedNode(t *testing.T) {
	l := film()
	l.script.untapd = "enc"
	got := failed(expectOne(t, l, "{enc: {frames: 50}, aenc: {frames: 100}}"))
	if len(got) != 1 || !strings.Contains(got[0], "not in GStreamer") {
		t.Errorf("%v", got)
	}
}

func TestPlanAndRoute(t *testing.T) {
	for body, want := range map[string]string{
		"{plan: {pipelines: 1, encoders: 2, nodes: 6}}": "",
		"{plan: {encoders: 3..}}":                       "plan.encoders: 2",
		"{route: {event: rtmp.publish, path: /live/a/b, vars: {app: live}, captures: {stream: a/b}}}": "",
		"{route: {event: rtmp.publish, path: /live/a, vars: {app: live}, captures: {stream: b}}}":     `route: it captures "a"`,
		"{route: {rtmp.publish: /live/a}}": "route: no graph answers",
	} {
		r := expectOne(t, nil, body)
		if got := strings.Join(failed(r), "|"); got != want || r.Outcome == trial.Skipped {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
	other := graph + "tests:\n  - {name: one, expect: {route: {event: rtmp.publish, path: /live/a, vars: {app: live}}}}\n---\n" +
		"graph: v1\nname: other\nroute: [{event: rtmp.publish, path: /live/a, where: {app: live}}]\nnodes: {a: fakesrc}\n"
	r := tryGraph(t, nil, trial.Options{}, strings.Replace(other, "graph: v1\n", "graph: v1\nname: first\n", 1))[0]
	if got := failed(r); len(got) != 1 || got[0] != "route: it starts other" {
		t.Errorf("%v", got)
	}
}

// TestInputs: parameters, captures and presets reach the plan.
func TestInputs(t *testing.T) {
	text := strings.Replace(graph, "location=$target", "location=$(name)/$(stream)-$env.SLUICE_NOT_SET", 1)
	l := film()
	var seen []string
	l.script.writes = nil
	run := func(test string) string {
		r := tryGraph(t, l, trial.Options{Keep: true}, text+"tests:\n"+test)[0]
		defer os.RemoveAll(r.Kept)
		err := filepath.WalkDir(r.Kept, func(path string, d os.DirEntry, err error) error {
			if err == nil && d.IsDir() && path != r.Kept {
				seen = append(seen, d.Name())
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(failed(r), "|")
	}
	run("  - {name: one, with: {name: given, stream: s}, expect: {end: eos}}\n")
	run("  - {name: one, expect: {end: eos, route: {event: rtmp.publish, path: /live/x, vars: {app: live}}}}\n")
	run("  - {name: one, with: {name: $stream, stream: t}, expect: {end: eos}}\n")
	if !slices.Equal(seen, []string{"given", "preset", "{stream}"}) {
		t.Errorf("the folders written to are %v", seen)
	}
}

func TestFilesGoToAFolderOfTheTest(t *testing.T) {
	here := t.TempDir()
	t.Chdir(here)
	r := try(t, film(), trial.Options{Keep: true}, "  - {name: one, expect: {write: {bytes: 4}}}\n  - {name: two, with: {target: ../film.webm}, expect: {error: {code: invalid_params, node: write}}}\n")
	if r[0].Outcome != trial.Passed || r[1].Outcome != trial.Passed {
		t.Errorf("%v %v", failed(r[0]), failed(r[1]))
	}
	if data, err := os.ReadFile(filepath.Join(r[0].Kept, "out", "film.webm")); err != nil || string(data) != "webm" {
		t.Errorf("%q, %v", data, err)
	}
	for _, one := range r {
		os.RemoveAll(one.Kept)
	}
	// An absolute path is the writer's own choice, and without Keep nothing stays.
	target := filepath.Join(here, "film.webm")
	r = try(t, film(), trial.Options{}, "  - {name: one, with: {target: "+target+"}, expect: {write: {bytes: 4}}}\n")
	if r[0].Outcome != trial.Passed || r[0].Kept != "" {
		t.Errorf("%+v", r[0])
	}
	if list, err := os.ReadDir(here); err != nil || len(list) != 1 {
		t.Errorf("%v %v", list, err)
	}
}

func TestNoFile(t *testing.T) {
	l := film()
	l.script.writes = nil
	if got := failed(expectOne(t, l, "{write: {bytes: 1..}}")); !slices.Equal(got, []string{`write.bytes: "write" has written no file`}) {
		t.Errorf("%v", got)
	}
	l = film()
	l.files = nil
	got := failed(expectOne(t, l, "{write: {bytes: 4, frames: 1}}"))
	if !slices.Equal(got, []string{`write.frames: the file "out/film.webm" cannot be read: no media`}) {
		t.Errorf("%v", got)
	}
}

// TestSegments: several files of one sink are one after the other.
func TestSegments(t *testing.T) {
	l := film()
	l.script.writes = map[string][]byte{"s%d.webm": []byte("1")}
	l.files["1"] = l.files["webm"]
	text := strings.Replace(graph, "filesink", "multifilesink", 1) +
		"tests:\n  - {name: one, with: {target: s%d.webm}, expect: {write.video: {frames: 50, length: 2s}}}\n"
	if r := tryGraph(t, l, trial.Options{}, text)[0]; r.Outcome != trial.Passed {
		t.Error(failed(r))
	}
}

// TestShippedGraphsElsewhere: what a shipped graph's test reads is in the repository, and nowhere else. Somebody's own graph,
// and a test of a file that is not there, fail as ever.
func TestShippedGraphsElsewhere(t *testing.T) {
	reading := strings.Replace(graph, "videotestsrc num-buffers=10", "filesrc location=media/bars.bin", 1)
	text := reading + "tests:\n  - {name: one, expect: {enc: {frames: 50}}}\n"
	for _, c := range []struct {
		shipped, folder bool
		want            trial.Outcome
	}{{true, false, trial.Skipped}, {true, true, trial.Passed}, {false, false, trial.Passed}} {
		t.Chdir(t.TempDir())
		if c.folder {
			if err := os.Mkdir("media", 0o700); err != nil {
				t.Fatal(err)
			}
		}
		r := tryGraph(t, film(), trial.Options{Shipped: func(*spec.Graph) bool { return c.shipped }}, text)[0]
		if r.Outcome != c.want || r.Outcome == trial.Skipped && !strings.HasPrefix(r.Reason, `"media/bars.bin" is not here; it is part of`) {
			t.Errorf("%+v: %s %s %v", c, r.Outcome, r.Reason, failed(r))
		}
	}
}

// TestWhatIsWrittenLiesInTheFolderOfTheTest: also files whose names are secret, and those that nobody has named.
func TestWhatIsWrittenLiesInTheFolderOfTheTest(t *testing.T) {
	for name, c := range map[string]struct{ old, now, with, end string }{
		"secret":  {"{type: file, default: out/film.webm}", "secret", "with: {target: hush.webm}, ", "hush.webm"},
		"default": {"filesink location=$target", "multifilesink", "", "%05d"},
	} {
		l := film()
		l.script.writes = map[string][]byte{c.end: []byte("webm")}
		text := strings.Replace(graph, c.old, c.now, 1) + "tests:\n  - {name: one, " + c.with + "expect: {pic: {frames: 0..}}}\n"
		here := t.TempDir()
		t.Chdir(here)
		r := tryGraph(t, l, trial.Options{Keep: true}, text)[0]
		if list, err := os.ReadDir(here); err != nil || len(list) != 0 {
			t.Errorf("%s: written beside the test: %v, %v", name, list, err)
		}
		if r.Kept == "" {
			t.Errorf("%s: %+v", name, r)
			continue
		}
		if list, err := os.ReadDir(r.Kept); err != nil || len(list) != 1 {
			t.Errorf("%s: %v, %v: %+v", name, list, err, r)
		}
		_ = os.RemoveAll(r.Kept)
	}
}

// TestLimit: a graph that does not end is drained when its time is up, and what passed is looked at.
func TestLimit(t *testing.T) {
	for limit, want := range map[string]time.Duration{"limit: 5s,": 5 * time.Second, "": 30 * time.Second} {
		lib := parse(t, graph+"tests:\n  - {name: one, "+limit+" expect: {end: timeout, enc: {frames: 50}, write: {bytes: 4}}}\n  - {name: two, "+limit+" expect: {end: eos}}\n")
		reg := elements(t)
		synctest.Test(t, func(t *testing.T) {
			l := film()
			l.script.hangs = true
			r := trial.New(trial.Set{Library: lib, Registry: reg}, trial.Options{Lab: l}).Run(t.Context(), trial.Cases(lib...))
			if r[0].Outcome != trial.Passed || r[0].Took != want {
				t.Errorf("%s: %v %v after %v", limit, r[0].Outcome, failed(r[0]), r[0].Took)
			}
			if got := failed(r[1]); !slices.Equal(got, []string{"end: timeout"}) {
				t.Errorf("%v", got)
			}
		})
	}
}

func TestInterrupted(t *testing.T) {
	lib := parse(t, graph+"tests:\n  - {name: one}\n  - {name: two}\n  - {name: three}\n")
	l := film()
	l.script.hangs = true
	ctx, cancel := context.WithCancel(t.Context())
	r := trial.New(trial.Set{Library: lib, Registry: elements(t)}, trial.Options{Lab: l, Began: func(i int) {
		if i == 1 {
			cancel()
		}
	}, Parallel: 2}).Run(ctx, trial.Cases(lib...))
	for _, one := range r {
		if one.Outcome != trial.Skipped || one.Reason != "interrupted" {
			t.Errorf("%+v", one)
		}
	}
}

func TestSkips(t *testing.T) {
	tests := "  - {name: one, expect: {enc: {frames: 1}}}\n  - {name: two, expect: {plan: {nodes: 6}, enc: {frames: 1}}}\n  - {name: three, expect: {plan: {nodes: 5}, enc: {frames: 1}}}\n"
	var got []trial.Outcome
	for _, r := range append(try(t, nil, trial.Options{}, tests), try(t, film(), trial.Options{PlanOnly: true}, tests)...) {
		got = append(got, r.Outcome)
	}
	// Without GStreamer what can be told is told; when only plans are asked for, they are the whole test.
	want := []trial.Outcome{trial.Skipped, trial.Skipped, trial.Failed, trial.Skipped, trial.Passed, trial.Failed}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestParallel(t *testing.T) {
	var tests strings.Builder
	for _, name := range strings.Fields("a b c d e f g h") {
		tests.WriteString("  - {name: " + name + ", expect: {enc: {frames: 50}, write: {tracks: [vp8, opus]}}}\n")
	}
	l := film()
	began, ended := make(chan int, 8), make(chan string, 8)
	r := try(t, l, trial.Options{Parallel: 3, Began: func(i int) { began <- i }, Ended: func(_ int, r trial.Result) { ended <- r.Name }}, tests.String())
	for i, one := range r {
		if one.Outcome != trial.Passed || one.Name != string(rune('a'+i)) {
			t.Errorf("%d: %+v", i, one)
		}
	}
	if len(began) != 8 || len(ended) != 8 || l.opened != 8 {
		t.Errorf("%d began, %d ended, %d opened", len(began), len(ended), l.opened)
	}
}

// TestLazyPartsRun: what is lazy is there before media flows, and not started when some has passed.
func TestLazyPartsRun(t *testing.T) {
	text := strings.Replace(graph, "links:\n", "  view: {element: fakesink, lazy: 5s}\nlinks:\n  - enc -> view\n", 1)
	l := film()
	l.script.hangs = false
	r := tryGraph(t, l, trial.Options{}, text+"tests:\n  - {name: one, expect: {enc: {frames: 50}}}\n")[0]
	if r.Outcome != trial.Passed || len(l.lazy) > 0 {
		t.Errorf("%v %s, started late: %v", failed(r), r.Reason, l.lazy)
	}
}
