package main

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestExamples runs every example of every verb's help, as it is printed, in a folder with the files that they name.
func TestExamples(t *testing.T) {
	folder := t.TempDir()
	graph, err := exec.CommandContext(t.Context(), "cp", "-r", "../../graphs", folder).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, graph)
	}
	t.Chdir(folder)
	t.Setenv("SLUICE_REGISTRY", "snapshot")
	t.Setenv("SLUICE_SERVER", "http://127.0.0.1:1")
	t.Setenv("SLUICE_APPS_FILE", "apps.json")
	if err := os.Mkdir("docs", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir("records", 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"records/host.mp4", "records/guest.webm"} {
		for file, text := range map[string]string{name: "film", name + ".json": `{"started": "2026-03-04T05:06:07Z"}`} {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	var mine bytes.Buffer
	if code := run(t.Context(), []string{"new", "rtmp.publish/convert/stream.out"}, nil, &mine, &mine); code != exitOK {
		t.Fatal(mine.String())
	}
	if err := os.WriteFile("graphs/live/mine.yaml", []byte(strings.Replace(mine.String(), "/{", "/mine/{", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, line := range examples((&app{}).root()) {
		var out, errw bytes.Buffer
		if strings.Fields(line)[1] == "run" && (!hasGst || strings.Contains(line, "$(")) { // what a shell does first is not done here
			continue
		}
		if strings.Fields(line)[1] == "serve" && !strings.Contains(line, "--check") { // it would serve to the end of days
			continue
		}
		want := exitOK
		if verb := strings.Fields(line)[1]; verb == "ctl" || verb == "top" || verb == "explain" { // they are well written, and there is no server
			want = exitIO
		}
		if code := run(t.Context(), strings.Fields(line)[1:], strings.NewReader(mine.String()), &out, &errw); code != want {
			t.Errorf("%s: exit %d: %s%s", line, code, out.String(), errw.String())
		}
		ran++
	}
	if ran < 20 {
		t.Errorf("only %d examples", ran)
	}
}

// described is where an example ends and its description begins; redirected is where the shell's part begins.
var (
	described  = regexp.MustCompile(`\S {2,}\S.*$`)
	redirected = regexp.MustCompile(` [<>|].*$`)
)

// examples lists the command lines in the help of a command and those below it.
func examples(c *cobra.Command) []string {
	var out []string
	for line := range strings.SplitSeq(c.Example, "\n") {
		line = strings.TrimSpace(line)
		if at := described.FindStringIndex(line); at != nil {
			line = line[:at[0]+1]
		}
		if line = redirected.ReplaceAllString(line, ""); strings.HasPrefix(line, "sluice ") {
			out = append(out, line)
		}
	}
	for _, below := range c.Commands() {
		out = append(out, examples(below)...)
	}
	return out
}
