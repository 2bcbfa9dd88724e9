//go:build cgo && !nogst

package main

import (
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// bars gives a picture whose left part is white and a tone of 440 Hz, coded, raw and in a file.
const bars = `graph: v1
about: Bars and a tone.
params:
  target: {type: file, default: sub/bars.webm}
nodes:
  pic: videotestsrc num-buffers=50
  venc: vp8enc deadline=1 keyframe-max-dist=25
  snd: audiotestsrc num-buffers=94
  aenc: opusenc
  mux: webmmux
  write: filesink location=$target
links:
  - pic -> [video/x-raw,format=I420,width=320,height=180,framerate=25/1] -> venc -> mux
  - snd -> [audio/x-raw,rate=48000,channels=2] -> aenc -> mux
  - mux -> write
`

// TestExpectationsOfRealMedia: each expectation that holds passes, and each that does not fails.
func TestExpectationsOfRealMedia(t *testing.T) {
	studio(t)
	rows := []struct {
		expect string
		fails  string // what does not hold; "" if all does
	}{
		{"venc: {frames: 50, keyframes: 2, length: 2s, size: 320x180, fps: 25, caps: video/x-vp8}", ""},
		{"venc: {frames: 49}", "venc.frames"},
		{"venc: {caps: \"video/x-vp8,width=640\"}", "venc.caps"},
		{"pic: {colour: {at: 10x10, is: white}, size: 320x180, caps: \"video/x-raw,format=I420\"}", ""},
		{"pic: {colour: {at: 10x10, is: red}}", "pic.colour"},
		{"venc: {colour: [{at: 10x10, is: white}, {at: 64x10, is: yellow}]}", ""},
		{"venc: {colour: {at: 64x10, is: blue}}", "venc.colour"},
		{"snd: {tone: 440, rate: 1.4M..1.7M}", ""},
		{"aenc: {tone: 440}", ""},
		{"aenc: {tone: {is: 440, not: 1000, at: 0.5s..1.5s}}", ""},
		{"aenc: {tone: 470}", "aenc.tone"},
		{"aenc: {tone: none}", "aenc.tone"},
		{"write: {tracks: [vp8, opus], size: 320x180, frames: 50, tone: 440, colour: {at: 64x10, is: yellow}, length: 2s..2.1s, bytes: 5k..}", ""},
		{"write: {tracks: [vp8]}", "write.tracks"},
		{"write.video: {keyframes: 3}", "write.video.keyframes"},
		{"write.audio: {tone: 880}", "write.audio.tone"},
		{"drift: ..40ms", ""},
		{"drift: 1s..", "drift"},
		{"end: error", "end"},
		{"pic: {golden: pic.txt}", "pic.golden"}, // there is none
	}
	var text strings.Builder
	text.WriteString(bars + "tests:\n")
	for i, r := range rows {
		text.WriteString("  - {name: " + strconv.Itoa(i) + ", expect: {" + r.expect + "}}\n")
	}
	if err := os.WriteFile("bars.yaml", []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errw := sluice(t, "test", "bars.yaml", "--json")
	var got struct {
		Tests []struct {
			Checks []struct {
				What, Saw string
				OK        bool
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != exitFound || len(got.Tests) != len(rows) {
		t.Fatalf("exit %d, %v: %s%s", code, err, out, errw)
	}
	for i, r := range rows {
		var fails []string
		for _, c := range got.Tests[i].Checks {
			if !c.OK {
				fails = append(fails, c.What+": "+c.Saw)
			}
		}
		if r.fails == "" && len(fails) > 0 || r.fails != "" && (len(fails) != 1 || !strings.HasPrefix(fails[0], r.fails+": ")) {
			t.Errorf("%s: fails %q, want %q", r.expect, fails, r.fails)
		}
	}
	if _, err := os.Stat("sub"); err == nil {
		t.Error("the tests left a folder behind")
	}
}

// TestGoldenOfRealMedia: a golden file is written when asked for, holds in the next run, and shows what is different.
func TestGoldenOfRealMedia(t *testing.T) {
	studio(t)
	// With a deadline, even of one microsecond, the encoder looks at the clock, and its bytes depend on the machine's load.
	text := strings.Replace(bars, "deadline=1", "deadline=0 threads=1", 1) +
		"tests:\n  - {name: same, expect: {venc: {golden: golden/venc.txt}}}\n"
	write := func(text string) {
		if err := os.WriteFile("bars.yaml", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(text)
	if code, out, errw := sluice(t, "test", "bars.yaml", "--update"); code != exitOK || !strings.Contains(out, "wrote golden/venc.txt") {
		t.Fatalf("exit %d: %s%s", code, out, errw)
	}
	data, err := os.ReadFile("golden/venc.txt")
	if lines := strings.Split(string(data), "\n"); err != nil || len(lines) != 52 || !slices.Contains(strings.Fields(lines[1]), "key") {
		t.Fatalf("%v %s", err, data)
	}
	if code, out, errw := sluice(t, "test", "bars.yaml"); code != exitOK {
		t.Errorf("exit %d: %s%s", code, out, errw)
	}
	write(strings.Replace(text, "num-buffers=50", "num-buffers=51", 1))
	if code, out, _ := sluice(t, "test", "bars.yaml"); code != exitFound || !strings.Contains(out, "+ video 2000000000 ") {
		t.Errorf("exit %d: %s", code, out)
	}
}

// TestLimitOfRealMedia: of a graph that never ends the file is whole when its time is up.
func TestLimitOfRealMedia(t *testing.T) {
	studio(t)
	text := strings.NewReplacer("num-buffers=50", "is-live=true", "num-buffers=94", "is-live=true").Replace(bars) +
		"tests:\n  - {name: goes on, limit: 1s, expect: {end: timeout, write: {tracks: [vp8, opus], length: 0.5s..3s, tone: 440}}}\n"
	if err := os.WriteFile("live.yaml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, errw := sluice(t, "test", "live.yaml"); code != exitOK {
		t.Errorf("exit %d: %s%s", code, out, errw)
	}
}
