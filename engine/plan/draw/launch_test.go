package draw

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sluice/engine/plan"
)

func launchText(t *testing.T, p *plan.Plan) string {
	t.Helper()
	var b bytes.Buffer
	if err := Launch(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// paste gives text to a shell in an empty folder, as a user would, with a gst-launch-1.0 that writes down its words.
func paste(t *testing.T, text string) (words [][]string, dir string) {
	t.Helper()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell")
	}
	dir, bin := t.TempDir(), t.TempDir()
	stub := "#!" + sh + "\nprintf '%s\\0' \"$@\" >> words\nprintf '\\1\\0' >> words\n"
	if err := os.WriteFile(filepath.Join(bin, "gst-launch-1.0"), []byte(stub), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), sh)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(text)
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("%v: %s", err, out)
	}
	data, err := os.ReadFile(filepath.Join(dir, "words"))
	if err != nil {
		return nil, dir
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(data), "\x01\x00"), "\x01\x00") {
		words = append(words, strings.Split(strings.TrimSuffix(line, "\x00"), "\x00"))
	}
	return words, dir
}

func TestLaunchPastes(t *testing.T) {
	words, _ := paste(t, launchText(t, transcode()))
	if len(words) != 1 {
		t.Fatalf("got %d commands, want 1", len(words))
	}
	for _, want := range [][]string{
		{"filesrc", "name=read", "location=testdata/media/bars.flv"},
		{"read.", "!", "demux."},
		{"demux.video", "!", "vdec-queue."},
		{"vfix.", "!", "video/x-raw,format=I420", "!", "venc."},
	} {
		if !holdsRun(words[0], want) {
			t.Errorf("%q is not in %q", want, words[0])
		}
	}
}

func holdsRun(list, run []string) bool {
	for i := range list {
		if len(list)-i >= len(run) && slices.Equal(list[i:i+len(run)], run) {
			return true
		}
	}
	return false
}

func TestLaunchOfEachPipeline(t *testing.T) {
	words, _ := paste(t, launchText(t, rtmp()))
	if len(words) != 2 {
		t.Fatalf("got %d commands, want one for each pipeline", len(words))
	}
}

func TestLaunchWithoutGStreamer(t *testing.T) {
	text := launchText(t, publish())
	if !strings.HasPrefix(text, "#") || strings.Contains(text, "gst-launch") {
		t.Errorf("got %q, want a comment and no command", text)
	}
}

// What comes and goes is in comments only, with its own elements; what is always there does not refer to it.
func TestLaunchLeavesBranchesToComments(t *testing.T) {
	text := launchText(t, mixer())
	words, _ := paste(t, text)
	if len(words) != 1 {
		t.Fatalf("got %d commands, want 1", len(words))
	}
	for _, w := range words[0] {
		if strings.Contains(w, "guest") {
			t.Errorf("%q belongs to a branch", w)
		}
	}
	for _, want := range []string{"# branch seat[{guest}], added while running: one for each guest, at most 16", "#   appsrc name=seat-guest-vdec-video-in"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in:\n%s", want, text)
		}
	}
}

// Whatever users name things, no shell runs it and no comment ends before its line does.
func TestLaunchRunsNothingElse(t *testing.T) {
	for _, evil := range evils() {
		p := named(evil)
		words, dir := paste(t, launchText(t, p))
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if f.Name() != "words" {
				t.Errorf("%q made %q", evil, f.Name())
			}
		}
		if len(words) != 1 {
			t.Errorf("%q: got %d commands, want 1", evil, len(words))
		}
	}
}

// evils are names that break out of something.
func evils() []string {
	return []string{
		"$(touch evil)", "`touch evil`", "'; touch evil; '", "\"; touch evil; \"", "\ntouch evil\n", "a\rtouch evil", "\\\ntouch evil\n#", "> evil",
		"| tee evil", "a\x00b", "\x1b[201~touch evil\n", "</text><script>alert(1)</script>", "\"];evil [", "]]>", "&lt;&evil;", "\xff\xfe", "\u202eevil", "",
		"a \\N \\G b", "{a|b}", "-", "name=x ! filesink location=evil", strings.Repeat("long ", 200),
	}
}

// named is a plan in which everything that users can name has the name.
func named(name string) *plan.Plan {
	s := []plan.Setting{{Name: name, Text: name}, {Name: "location", Text: name}}
	p := &plan.Plan{
		Graph: name, Assumed: []string{name}, Notes: []string{name},
		Nodes: []plan.Node{
			{Name: name, Element: name, Domain: "go", Settings: s, About: name, Branch: name, OnError: name, Fallback: &plan.Fallback{Node: name}},
			{Name: "other", Element: name, Domain: "gst", Pipeline: name},
			{Name: name + "2", Passes: true},
		},
		Flows: []plan.Flow{{From: plan.Pad{Of: name, Name: name}, To: plan.Pad{Of: name}, Branch: name}},
		Bridges: []plan.Bridge{
			{Name: name, Direction: plan.IntoGst, Node: plan.Pad{Of: name, Name: name}, Pipeline: name, Branch: name},
			{Name: "end", Direction: plan.OutOfGst, Node: plan.Pad{Of: name}, Pipeline: name},
		},
		Pipelines: []plan.Pipeline{{
			Name: name,
			Elements: []plan.Element{
				{Name: name, Factory: name, Node: name, Role: plan.RoleBridge, Props: s},
				{Name: name + "2", Factory: name, Node: name, Role: plan.RoleNode, Props: s, Drain: true},
				{Name: name + "3", Factory: name, Node: name, Role: plan.RolePart, Props: s, Branch: name + "b"},
				{Name: name + "4", Factory: name, Node: name, Role: plan.RoleTee, Props: s},
				{Name: "end", Factory: "appsink", Node: name, Role: plan.RoleBridge},
			},
			Links: []plan.Link{
				{From: plan.Pad{Of: name}, To: plan.Pad{Of: name + "2", Name: name}, Caps: name, PadProps: s},
				{From: plan.Pad{Of: name + "2", Name: name}, To: plan.Pad{Of: name + "3"}, Caps: name + " ! " + name, Optional: true, Delayed: true},
				{From: plan.Pad{Of: name + "3"}, To: plan.Pad{Of: name + "4"}, Branch: name + "b", EachOther: true},
				{From: plan.Pad{Of: name + "4"}, To: plan.Pad{Of: "end"}},
			},
			Branches: []plan.Branch{{Name: name + "b", Kind: plan.Keyed, Key: name, OnError: name, Max: 3}},
		}},
		Policy: plan.Policy{End: []string{name}, Worker: name, Reload: name},
	}
	p.Policy.Restart.When = name
	return p
}
