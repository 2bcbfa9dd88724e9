package draw

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/engine/plan"
)

// gst pastes a plan's line into a shell where the real gst-launch-1.0 runs it, in a folder.
func gst(t *testing.T, dir string, p *plan.Plan) (out string, err error) {
	t.Helper()
	if _, err := exec.LookPath("gst-launch-1.0"); err != nil {
		t.Skip("gst-launch-1.0 is not installed")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh")
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(launchText(t, p))
	said, err := cmd.CombinedOutput()
	return string(said), err
}

// bars makes WebM of test sources, with everything that a line may have: caps with features and spaces, two caps in a
// row, a tee, pads by name, properties of pads, names that gst-launch cannot take.
func bars() *plan.Plan {
	n := network{plan.Pipeline{Name: "bars"}}
	n.node("", "bars[0]/src", "videotestsrc", "num-buffers=25", "pattern=smpte")
	n.node("", "dots", "videotestsrc", "num-buffers=25", "pattern=ball")
	n.node("", "mix", "compositor", "background=black")
	n.node("", "words", "textoverlay", `text=two "words" and a \ 'quote'`, "font-desc=Sans 24")
	n.add(plan.RoleTee, "", "words", "words-tee", "tee", "allow-not-linked=true")
	n.queue("", "venc", "venc-queue", "1s")
	n.node("", "venc", "vp8enc", "deadline=1", "target-bitrate=800000")
	n.queue("", "drop", "drop-queue", "1s")
	n.node("", "drop", "fakesink", "async=false")
	n.node("", "tone", "audiotestsrc", "num-buffers=50", "samplesperbuffer=960")
	n.node("", "aenc", "opusenc", "bitrate=64000")
	n.queue("", "mux", "mux-audio", "1s")
	n.node("", "mux", "webmmux")
	n.node("", "write", "filesink", "location=out put.webm")
	n.chain("", "bars-0-src [video/x-raw,width=320,height=240] mix.sink_0")
	n.chain("", "dots [video/x-raw(memory:SystemMemory),width=160] mix.sink_1")
	n.chain("", "mix words words-tee venc-queue venc mux.video_0")
	n.chain("", "words-tee drop-queue drop")
	n.chain("", "tone aenc mux-audio mux.audio_0")
	n.chain("", "mux write")
	n.Links[1].PadProps = set("xpos=80", "alpha=0.5")
	n.Links[2].Caps = "video/x-raw, format=I420 ! video/x-raw, framerate=(fraction)30/1"
	return &plan.Plan{Graph: "tests/bars", Pipelines: []plan.Pipeline{n.Pipeline}}
}

// again reads what bars wrote, through pads that appear when the file has been looked at.
func again() *plan.Plan {
	n := network{plan.Pipeline{Name: "again"}}
	n.node("", "read", "filesrc", "location=out put.webm")
	n.node("", "demux", "matroskademux")
	n.queue("", "vdec", "vdec-queue", "1s")
	n.node("", "vdec", "decodebin3")
	n.node("", "raw", "filesink", "location=raw", "async=false")
	n.queue("", "sound", "sound-queue", "1s")
	n.node("", "sound", "filesink", "location=sound", "async=false")
	n.chain("", "read demux")
	n.chain("", "~demux.video_%u vdec-queue ~vdec.video_%u [video/x-raw,width=320] raw")
	n.chain("", "~demux.audio_%u sound-queue sound")
	return &plan.Plan{Graph: "tests/again", Pipelines: []plan.Pipeline{n.Pipeline}}
}

func TestLaunchRuns(t *testing.T) {
	dir := t.TempDir()
	for _, p := range []*plan.Plan{bars(), again()} {
		if out, err := gst(t, dir, p); err != nil {
			t.Fatalf("%s: %v: %s", p.Graph, err, out)
		}
	}
	for name, least := range map[string]int{"out put.webm": 2000, "raw": 25 * 320 * 240, "sound": 500} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || len(data) < least {
			t.Errorf("%q has %d bytes, want %d (%v)", name, len(data), least, err)
		}
	}
}

// Property values reach the element as they are. File names show it.
func TestLaunchValuesArrive(t *testing.T) {
	names := []string{
		"plain", "two words", "ends in two \\\\", "bell\a", "\x01", `a"b`, `a "b" c`, `a 'b' c`, `'`, `"`, `back\slash`, `back \ slash "and" more`, `ends in \`, "tab\there", "a  b", "$HOME", "`x`",
		"a;b&c|d", "!", "! filesink location=evil", "ünï", "line\nbreak", "a=b", "#", "(x)", "%d", " lead", "trail ", `"all quoted"`, `\"`, "'single'", "~", "*",
	}
	for _, name := range names {
		n := network{plan.Pipeline{Name: "p"}}
		n.node("", "src", "fakesrc", "num-buffers=1", "sizetype=fixed", "sizemax=3")
		n.add(plan.RoleNode, "", "write", "write", "filesink")
		n.Elements[1].Props = []plan.Setting{{Name: "location", Text: name}}
		n.chain("", "src write")
		dir := t.TempDir()
		if out, err := gst(t, dir, &plan.Plan{Pipelines: []plan.Pipeline{n.Pipeline}}); err != nil {
			t.Errorf("%q: %v: %s", name, err, out)
			continue
		}
		files, err := os.ReadDir(dir)
		if err != nil || len(files) != 1 || files[0].Name() != name {
			t.Errorf("%q became %v (%v)", name, files, err)
		}
	}
}
