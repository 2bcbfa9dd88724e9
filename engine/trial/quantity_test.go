package trial_test

import (
	"slices"
	"strings"
	"testing"

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
