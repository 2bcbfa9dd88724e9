package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sluice/engine/enginetest/program"
)

// TestReadme does what the README's readers do: it runs the commands of every block of ours that is marked console, one after
// the other in one folder, and looks for what the README says they print.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "cp", "-r", "../../graphs", folder).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	self, err := exec.LookPath("sluice") // testscript has put it there
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(folder, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(folder, "bin", "sluice")); err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, c := range consoles(string(text)) {
		if strings.HasPrefix(c.line, "make ") || strings.HasSuffix(c.line, "| sh") { // it is built; media needs GStreamer's own tools
			continue
		}
		if verb := strings.Fields(c.line)[1]; !hasGst && (verb == "run" || verb == "test") {
			continue
		}
		cmd := program.Command(t, "sh", "-c", c.line)
		cmd.Dir, cmd.Env = folder, append(os.Environ(), "SLUICE_REGISTRY=snapshot", "SLUICE_GRAPHS=")
		p := program.Run(t, cmd)
		err, out := p.Ended(), p.Said()
		if code := cmd.ProcessState.ExitCode(); code != exitOK && !strings.Contains(c.line, "broken") {
			t.Errorf("%s: exit %d (%v): %s", c.line, code, err, out)
		}
		if missing, ok := follows(out, c.prints); !ok {
			t.Errorf("%s\ndoes not print %q, or not at that place, but\n%s", c.line, missing, out)
		}
		ran++
	}
	if ran < 6 {
		t.Errorf("only %d commands", ran)
	}
}

// console is a command and what it prints, line by line.
type console struct {
	line   string
	prints []string
}

// consoles lists the commands in blocks that are marked console. A command that ends with <<'END' goes on to that word.
func consoles(text string) []console {
	var out []console
	inside, here := false, false
	for line := range strings.SplitSeq(text, "\n") {
		command, is := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "```"):
			inside = line == "```console"
		case !inside:
		case here:
			last := &out[len(out)-1]
			last.line += "\n" + line
			here = line != "END"
		case is:
			out = append(out, console{line: command})
			here = strings.HasSuffix(command, "<<'END'")
		case len(out) > 0:
			out[len(out)-1].prints = append(out[len(out)-1].prints, line)
		}
	}
	return out
}

// follows tells whether the lines stand in the text in that order; "…" stands for any lines, and in a line for any words. It
// gives the first that does not.
func follows(text string, lines []string) (missing string, ok bool) {
	have := strings.Split(text, "\n")
	for _, want := range lines {
		if want == "…" || want == "" {
			continue
		}
		at := 0
		for at < len(have) && !alike(have[at], want) {
			at++
		}
		if at == len(have) {
			return want, false
		}
		have = have[at+1:]
	}
	return "", true
}

// alike compares a line with one in which "…" stands for any words.
func alike(line, want string) bool {
	first, rest, _ := strings.Cut(want, "…")
	if !strings.Contains(want, "…") {
		return line == want
	}
	line, ok := strings.CutPrefix(line, first)
	for ok && strings.Contains(rest, "…") {
		var part string
		part, rest, _ = strings.Cut(rest, "…")
		_, line, ok = strings.Cut(line, part)
	}
	return ok && strings.HasSuffix(line, rest)
}

func TestFollows(t *testing.T) {
	for _, c := range []struct {
		text  string
		lines []string
		want  bool
	}{
		{"a\nb\nc\n", []string{"a", "…", "c"}, true},
		{"a\nb\nc\n", []string{"c", "a"}, false},
		{"a\nb\nc\n", []string{"a", "a"}, false},
		{"a\n", []string{" a"}, false},
		{"", nil, true},
		{"a: 12 kB\n", []string{"a: …"}, true},
		{"a: 12 kB\n", []string{"a: … kB"}, true},
		{"a: 12 kB\n", []string{"… 12 …B"}, true},
		{"a: 12 kB\n", []string{"a: … MB"}, false},
		{"a: 12 kB\n", []string{"b: …"}, false},
		{"a: 12 kB\n", []string{"a: … 13 …"}, false},
	} {
		if _, got := follows(c.text, c.lines); got != c.want {
			t.Errorf("%q, %q: %t", c.text, c.lines, got)
		}
	}
}
