package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sluice/api/rest/resttest"
	"sluice/engine/enginetest/program"
)

// apiPage is the page about the API, and its blocks of a language.
func apiPage(t *testing.T, language string) (text string, blocks []string) {
	t.Helper()
	page, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```").FindAllSubmatch(page, -1) {
		blocks = append(blocks, string(b[1]))
	}
	if len(blocks) == 0 {
		t.Fatalf("there is no block of %s", language)
	}
	return string(page), blocks
}

// TestAPIPageHasEveryOperation: what the server can do stands in its documentation.
func TestAPIPageHasEveryOperation(t *testing.T) {
	text, _ := apiPage(t, "sh")
	d := resttest.Read(t, serveREST(t, t.TempDir()).Client)
	d.Each(func(path, method string, _ resttest.Operation) {
		said := "`" + strings.ToUpper(method) + " " + path + "`"
		call := `(?m)^curl .*localhost:8081` + regexp.MustCompile(`\\\{[a-z]+\\\}`).ReplaceAllString(regexp.QuoteMeta(path), `[^/ ?"]+`) + `(["? ]|$)`
		for line := range strings.Lines(text) {
			verb := "get"
			if m := regexp.MustCompile(`-X ([A-Z]+)`).FindStringSubmatch(line); m != nil {
				verb = strings.ToLower(m[1])
			} else if strings.Contains(line, " -d ") || strings.Contains(line, " --data-binary ") {
				verb = "post"
			}
			if strings.Contains(line, said) || verb == method && regexp.MustCompile(call).MatchString(strings.TrimSpace(line)) {
				return
			}
		}
		t.Errorf("%s %s is not there", method, path)
	})
}

// TestAPIPage runs every example of the documentation, in their order.
func TestAPIPage(t *testing.T) {
	t.Parallel()
	if !hasGst {
		t.Skip("the examples code")
	}
	program.Need(t, "curl")
	s := serveREST(t, t.TempDir())
	_, graph := apiPage(t, "graph")
	if err := os.WriteFile(filepath.Join(s.folder, "tone.yaml"), []byte(graph[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	_, blocks := apiPage(t, "sh")
	for _, b := range blocks {
		// Events have no end (28: it took too long).
		script := `curl() { command curl -sS --fail-with-body --max-time 10 "$@" || [ $? = 28 ]; }` + "\n" +
			strings.ReplaceAll(strings.ReplaceAll(b, "curl -N", "curl -N --max-time 1"), "http://localhost:8081", s.Base)
		cmd := program.Command(t, "sh", "-e", "-c", script)
		cmd.Dir = s.folder
		p := program.Run(t, cmd)
		if err := p.Ended(); err != nil {
			t.Errorf("%s\n%v\n%.2000s", b, err, p.Said())
		}
	}
	if left := s.running(); left > 1 { // the one whose stream was ended may take a moment
		t.Errorf("%d pipelines run after the examples", left)
	}
}
