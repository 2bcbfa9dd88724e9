package draw

import (
	"os/exec"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestShellWords(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "''",
		"name=read":                      "name=read",
		"video/x-raw,format=I420":        "video/x-raw,format=I420",
		"video/x-raw(memory:GLMemory)":   "'video/x-raw(memory:GLMemory)'",
		"it's":                           `'it'\''s'`,
		"!":                              "'!'",
		"~":                              "'~'",
		"ü":                              "'ü'",
		"a b":                            "'a b'",
		"x=$HOME":                        "'x=$HOME'",
		"framerate=(fraction)30000/1001": "'framerate=(fraction)30000/1001'",
	} {
		if got := shell(text); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

// A shell reads back what was quoted.
func TestShellReadsBack(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell")
	}
	var script, want strings.Builder
	example := rapid.StringMatching(`[ -~\n\tµ…]{0,12}`)
	for i := range 200 {
		word := example.Example(i)
		script.WriteString("printf '%s\\0' " + shell(word) + "\n")
		want.WriteString(word + "\x00")
	}
	cmd := exec.CommandContext(t.Context(), sh)
	cmd.Stdin = strings.NewReader(script.String())
	out, err := cmd.Output()
	if err != nil || string(out) != want.String() {
		t.Errorf("%v: got %q, want %q", err, out, want.String())
	}
}

func TestLaunchNames(t *testing.T) {
	n := newNames()
	for _, c := range [][2]string{
		{"venc", "venc"}, {"seat-{guest}-vdec", "seat-guest-vdec"}, {"seat[alice]/in", "seat-alice--in"}, {"slate/enc", "slate-enc"}, {"slate.enc", "slate-enc-2"},
		{"venc", "venc"}, {"", "element"}, {"{}", "element-2"}, {"über", "ber"}, {"a:b%c", "a-b-c"}, {"--", "element-3"},
	} {
		if got := n.launch(c[0]); got != c[1] {
			t.Errorf("%q: got %q, want %q", c[0], got, c[1])
		}
	}
}

func TestCapsBetweenExclamationMarks(t *testing.T) {
	for caps, want := range map[string]bool{
		"video/x-raw": true, "video/x-raw,format=I420": true, "video/x-raw(memory:DMABuf),width=[1,100]": true, "audio/x-raw;video/x-raw": true,
		"ANY": false, "": false, "a ! b": false, "application/vnd.x": false, "video/x-raw,name=\"!\"": false,
	} {
		if got := inlineCaps.MatchString(caps); got != want {
			t.Errorf("%q: got %v", caps, got)
		}
	}
	if got, want := tight(`video/x-raw, format = "a \" b" , width=1`), `video/x-raw,format="a \" b",width=1`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPackerBreaksBetweenUnits(t *testing.T) {
	var p packer
	p.unit([]string{"a", "b"})
	p.unit([]string{"c"})
	p.next()
	p.unit([]string{strings.Repeat("x", 60), strings.Repeat("y", 60)})
	want := " \\\n  a b  c \\\n  " + strings.Repeat("x", 60) + " \\\n    " + strings.Repeat("y", 60)
	if got := p.text(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
