package trial_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sluice/engine/spec"
	"sluice/engine/trial"
)

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
