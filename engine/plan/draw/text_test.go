package draw

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"sluice/engine/plan"
)

func textOf(t *testing.T, p *plan.Plan, colour bool) string {
	t.Helper()
	var b bytes.Buffer
	if err := Text(&b, p, colour); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTextFitsATerminal(t *testing.T) {
	for name, p := range fixtures() {
		for line := range strings.Lines(textOf(t, p, false)) {
			line = strings.TrimSuffix(line, "\n")
			if utf8.RuneCountInString(line) > 100 || strings.HasSuffix(line, " ") {
				t.Errorf("%s: line of %d characters: %q", name, utf8.RuneCountInString(line), line)
			}
		}
	}
}

func TestColourOnlyWhenAsked(t *testing.T) {
	codes := regexp.MustCompile(`\x1b\[[0-9]*m`)
	for name, p := range fixtures() {
		without, with := textOf(t, p, false), textOf(t, p, true)
		if strings.Contains(without, "\x1b") {
			t.Errorf("%s: colour that nobody asked for", name)
		}
		if !strings.Contains(with, "\x1b[") || codes.ReplaceAllString(with, "") != without {
			t.Errorf("%s: colour changes more than colour", name)
		}
	}
}

func TestTextDrivesNoTerminal(t *testing.T) {
	for _, evil := range evils() {
		for _, r := range textOf(t, named(evil), false) {
			if r != '\n' && (r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x202e) {
				t.Errorf("%q: prints %q", evil, r)
			}
		}
	}
}

func TestTextSays(t *testing.T) {
	lazy := rtmp()
	slow := call()
	slow.Policy.Stall, slow.Policy.Restart.Tries = seconds(60), 0
	slow.Nodes[0].Fallback = &plan.Fallback{Node: "slate", After: seconds(3)}
	for _, c := range []struct {
		name string
		p    *plan.Plan
		want []string
	}{
		{"go only", publish(), []string{"everything stays in Go", "in.audio  ->  out.audio  opus", "h264, may be missing", "in gives h264 and opus"}},
		{"lazy", lazy, []string{
			"lazy, ends 10s after its last reader", "in.audio => (appsrc) -> (aacparse) -> opus-dec:avdec_aac", "(queue 2 buffers, drops oldest)", "with B-frames",
		}},
		{"keyed", mixer(), []string{
			"branch seat[{guest}] one for each guest, at most 16, on error: drop", "picture-mix.sink_%u:compositor{xpos=0 ypos=0 zorder=2}", "->> (queue 200ms)",
			"(tee sound-tee-{guest})", "never by itself",
		}},
		{"demuxer", transcode(), []string{"demux.video ~> (queue 1s) -> vdec\n", "demux.audio? ~> ", "-> mux -> write", "offline"}},
		{"policy", slow, []string{"stall    60s", "giving up never", "when phone or mic ends", "nothing to do", "slate plays after 3s of silence"}},
	} {
		text := strings.ReplaceAll(textOf(t, c.p, false), "stall    1m", "stall    60s")
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is missing in:\n%s", c.name, want, text)
			}
		}
	}
}

// What is as usual is not worth a line.
func TestTextLeavesOutDefaults(t *testing.T) {
	text := textOf(t, publish(), false)
	for _, word := range []string{"start", "stall", "drain", "restart", "reload"} {
		if strings.Contains(text, "\n  "+word) {
			t.Errorf("%q is the default and printed:\n%s", word, text)
		}
	}
}

func TestTableMakesRoom(t *testing.T) {
	p := &plan.Plan{Nodes: []plan.Node{
		goNode("a", "x", "k=v"), goNode(strings.Repeat("long/", 20)+"name", "stream.out", "name=there"), goNode("b", "x", "k="+strings.Repeat("v", 200)),
	}}
	text := textOf(t, p, false)
	for _, want := range []string{"long/name  stream.out  go\n      name=there\n", strings.Repeat("v", 59) + "…"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in:\n%s", want, text)
		}
	}
}

func TestPlural(t *testing.T) {
	for n, want := range map[int]string{0: "no tees", 1: "1 tee", 12: "12 tees"} {
		if got := plural(n, "tee"); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}
