package trial_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/run"
	"sluice/engine/spec"
	"sluice/engine/trial"
)

func TestTones(t *testing.T) {
	l := &lab{script: script{passes: map[string][]run.Passed{"snd": tone("src", 100, 440, 1000), "aenc": tone("src", 100, 440, 0), "pic": tone("src", 50, 0, 0)}}}
	for body, want := range map[string]string{
		"{snd: {tone: [440, 1000]}}":                      "",
		"{snd: {tone: {is: 440, at: ..0.9s}}}":            "",
		"{snd: {tone: {is: 1000, not: 440, at: 1.1s..}}}": "",
		"{snd: {tone: {not: 2000}}}":                      "",
		"{snd: {tone: [440, 2000]}}":                      "snd.tone",
		"{snd: {tone: {not: [2000, 1000]}}}":              "snd.tone",
		"{snd: {tone: {is: 455, at: ..0.9s}}}":            "snd.tone", // 3 % off
		"{snd: {tone: {is: 445, at: ..0.9s}}}":            "",         // 1 % off
		"{snd: {tone: none}}":                             "snd.tone",
		"{aenc: {tone: {is: none, at: 1s..}}}":            "",
		"{aenc: {tone: {is: none, at: 0.9s..}}}":          "aenc.tone",
		"{aenc: {tone: {is: 440, at: 1s..}}}":             "aenc.tone",
		"{aenc: {tone: {is: 440, at: 5s..}}}":             "aenc.tone", // nothing comes then
		"{pic: {tone: none}}":                             "",
		"{pic: {tone: {is: none, not: 440}}}":             "",
		"{mux: {tone: none}}":                             "mux.tone",
	} {
		r := expectOne(t, l, body)
		if got := strings.Join(failed(r), "|"); !strings.HasPrefix(got, want) || (want == "") != (got == "") {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
	r := expectOne(t, l, "{snd: {tone: {is: 300, at: ..0.9s}}}")
	if got := r.Found[1].Saw; got != "440 Hz at -10 dB" && got != "440 Hz at -11 dB" {
		t.Errorf("heard: %s", got)
	}
}

func TestColours(t *testing.T) {
	l := &lab{script: script{passes: map[string][]run.Passed{"pic": frames("src", rawPicture, 10, paint())}}}
	black := frames("src", rawPicture, 10, make([]byte, len(paint())))
	l.script.passes["enc"] = slices.Concat(l.script.passes["pic"][:5], black[5:])
	for body, want := range map[string]string{
		"{pic: {colour: {at: 5x5, is: red}}}":                                              "",
		"{pic: {colour: [{at: 5x5, is: red}, {at: 35x19, is: \"#0000ff\"}]}}":              "",
		"{pic: {colour: \"#800080\"}}":                                                     "",
		"{pic: {colour: {is: \"#800080\", within: 0}}}":                                    "",
		"{pic: {colour: {is: \"#820080\", within: 1}}}":                                    "pic.colour: #800080",
		"{pic: {colour: red}}":                                                             "pic.colour: #800080",
		"{pic: {colour: {at: 40x5, is: red}}}":                                             "pic.colour: no such place in a picture of 40x20",
		"{pic: {colour: {when: 1s.., is: red}}}":                                           "pic.colour: no picture",
		"{enc: {colour: [{when: ..160ms, at: 5x5, is: red}, {when: 200ms.., is: black}]}}": "",
		"{mux: {colour: red}}":                                                             "mux.colour: nothing passed",
		"{pic: {tone: 440}}":                                                               "pic.tone: no sound passed",
	} {
		r := expectOne(t, l, body)
		if got := strings.Join(failed(r), "|"); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

func TestUnreadableRaw(t *testing.T) {
	l := &lab{script: script{passes: map[string][]run.Passed{
		"pic": frames("src", strings.Replace(rawPicture, "RGB", "P010_10LE", 1), 10, paint()), "enc": frames("src", rawPicture, 10, []byte("short")),
	}}}
	got := failed(expectOne(t, l, "{pic: {colour: red}, enc: {colour: red, size: 40x20}}"))
	if len(got) != 2 || !strings.Contains(got[0], "cannot be measured") || !strings.Contains(got[1], "has 5 bytes, not 2400") {
		t.Errorf("%v", got)
	}
}

// TestDecoding: what is coded is decoded, from the first key frame, and only if it must be.
func TestDecoding(t *testing.T) {
	l := film()
	l.plain = tone("src", 50, 440, 440)
	if r := expectOne(t, l, "{aenc: {tone: 440, frames: 100}, enc: {frames: 50, size: 320x180}}"); r.Outcome != trial.Passed {
		t.Error(failed(r))
	}
	if len(l.decoded) != 1 || len(l.decoded[0]) != 100 || string(l.decoded[0][99].Data) != "sound" || l.decoded[0][99].Caps != opus {
		t.Errorf("%d decoded", len(l.decoded))
	}
	l = film()
	l.script.passes["enc"] = l.script.passes["enc"][3:] // two delta frames first
	for i := range l.script.passes["enc"] {
		l.script.passes["enc"][i].Caps = "video/x-vp8" // that say nothing of the size
	}
	l.plain = frames("src", rawPicture, 10, paint())
	r := expectOne(t, l, "{enc: {size: 40x20, colour: {at: 5x5, is: red}, frames: 47}}")
	if r.Outcome != trial.Passed || len(l.decoded) != 1 || len(l.decoded[0]) != 45 {
		t.Errorf("%v, %d decoded", failed(r), len(l.decoded))
	}
}

func TestDecodingOfAFile(t *testing.T) {
	l := film()
	l.plain = tone("src", 50, 1000, 1000)
	got := failed(expectOne(t, l, "{write: {tone: 1000}, write.audio: {tone: {is: 440, not: 1000}}}"))
	if len(got) != 1 || !strings.HasPrefix(got[0], "write.audio.tone: 1000 Hz") || len(l.decoded) != 1 {
		t.Errorf("%v, %d", got, len(l.decoded))
	}
}

func TestDecodingFails(t *testing.T) {
	l := film()
	l.fails = fault.New(fault.ElementUnavailable, "", "nothing decodes that")
	if got := failed(expectOne(t, l, "{aenc: {tone: 440}}")); !slices.Equal(got, []string{"aenc.tone: it cannot be decoded: nothing decodes that"}) {
		t.Errorf("%v", got)
	}
	l = film()
	for i := range l.script.passes["enc"] {
		l.script.passes["enc"][i].Key = false
	}
	got := failed(expectOne(t, l, "{enc: {colour: red}}"))
	if len(got) != 1 || !strings.Contains(got[0], "no key frame") || len(l.decoded) > 0 {
		t.Errorf("%v", got)
	}
	l = film()
	if got := failed(expectOne(t, l, "{enc: {colour: red}}")); !slices.Equal(got, []string{"enc.colour: no picture"}) {
		t.Errorf("decoding gave nothing: %v", got)
	}
}

// TestRecordingIsBounded: of very much media the beginning is decoded, and the result says so.
func TestRecordingIsBounded(t *testing.T) {
	l := film()
	l.script.passes["aenc"] = packets("src", opus, 70, make([]byte, 1<<20))
	l.plain = tone("src", 50, 440, 440)
	r := expectOne(t, l, "{aenc: {tone: 1000, frames: 70}}")
	if got := failed(r); len(got) != 1 || !strings.HasSuffix(got[0], "(in the first 67108864)") || len(l.decoded[0]) != 64 {
		t.Errorf("%v", got)
	}
}

func TestGolden(t *testing.T) {
	folder := t.TempDir()
	opts := trial.Options{Folder: func(*spec.Graph) string { return folder }}
	const test = "  - {name: one, expect: {enc: {golden: golden/enc.txt}}}\n"
	l := film()
	l.script.passes["enc"] = l.script.passes["enc"][:3]
	l.script.passes["enc"][0].Header, l.script.passes["enc"][0].PTS, l.script.passes["enc"][0].Duration = true, -1, -1
	l.script.passes["enc"][1].Key = true

	// A file that is not there fails, and is not made.
	got := failed(try(t, l, opts, test)[0])
	if len(got) != 1 || !strings.Contains(got[0], "--update") {
		t.Fatalf("%v", got)
	}
	if list, _ := os.ReadDir(folder); len(list) > 0 {
		t.Fatal("a golden file was made")
	}
	opts.Update = true
	path := filepath.Join(folder, "golden", "enc.txt")
	if r := try(t, l, opts, test)[0]; r.Outcome != trial.Passed || !slices.Equal(r.Updated, []string{path}) {
		t.Fatalf("%+v", r)
	}
	data, err := os.ReadFile(path)
	const want = "pad src\nvideo - - 7 header 16db4f89\nvideo 40000000 40000000 7 key 16db4f89\nvideo 80000000 40000000 7 delta 16db4f89\n"
	if err != nil || string(data) != want {
		t.Fatalf("%s", data)
	}
	// The same is the same, with any line ends, and is not written again.
	opts.Update = false
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(want, "\n", "\r\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	opts.Update = true
	if r := try(t, l, opts, test)[0]; r.Outcome != trial.Passed || len(r.Updated) > 0 {
		t.Errorf("%+v", r)
	}
	// Another buffer fails and is shown.
	opts.Update = false
	l.script.passes["enc"][1].Data = []byte("pictuer")
	r := try(t, l, opts, test)[0]
	if r.Outcome != trial.Failed || r.Found[1].Detail != "from line 3:\n- video 40000000 40000000 7 key 16db4f89\n+ video 40000000 40000000 7 key 908b4ed8" {
		t.Errorf("%s", r.Found[1].Detail)
	}
	// Nothing is never written.
	opts.Update = true
	l.script.passes["enc"] = nil
	if r := try(t, l, opts, test)[0]; r.Outcome != trial.Failed || len(r.Updated) > 0 {
		t.Errorf("%+v", r)
	}
	if got := failed(try(t, l, trial.Options{}, test)[0]); len(got) != 1 || !strings.Contains(got[0], "in no folder") {
		t.Errorf("%v", got)
	}
}

func TestGoldenOfAFile(t *testing.T) {
	folder := t.TempDir()
	opts := trial.Options{Update: true, Folder: func(*spec.Graph) string { return folder }}
	if r := try(t, film(), opts, "  - {name: one, expect: {write: {golden: w.txt}}}\n")[0]; r.Outcome != trial.Passed {
		t.Fatal(failed(r))
	}
	data, err := os.ReadFile(filepath.Join(folder, "w.txt"))
	if err != nil || strings.Count(string(data), "\n") != 152 || !strings.Contains(string(data), "pad video_0\nvideo 0 ") {
		t.Errorf("%v %.200s", err, data)
	}
}
