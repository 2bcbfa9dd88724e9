package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"sluice/engine/fault"
)

const tested = copying + `tests:
  - {name: it ends, expect: {end: eos}}
  - {name: one pipeline, expect: {plan: {pipelines: 1}}}
`

func TestTestVerb(t *testing.T) {
	none := fault.New(fault.GstUnavailable, "", "none here")
	broken := strings.Replace(tested, "filesrc", "filesrcs", 1)
	for name, c := range map[string]struct {
		s     stage
		graph string
		args  string
		code  int
		out   string // parts of what is printed
		err   string
	}{
		"passes":          {stage{}, tested, "g.yaml", exitOK, "g\n  ok    it ends", ""},
		"of the folder":   {stage{}, tested, ".", exitOK, "2 tests: 2 passed in", ""},
		"by name":         {stage{}, tested, "--graphs . g", exitOK, "2 tests: 2 passed in", ""},
		"twice the same":  {stage{}, tested, "g.yaml g.yaml .", exitOK, "2 tests: 2 passed in", ""},
		"fails":           {stage{fails: fault.New(fault.MediaCorrupt, "b", "it is broken")}, tested, "g.yaml", exitFound, "g.yaml:12:35: end: want eos, saw error: g#test/b: it is broken", ""},
		"skips":           {stage{err: none}, tested, "g.yaml", exitFound, "skip  it ends", ""},
		"plan only":       {stage{err: none}, tested, "g.yaml --plan-only", exitOK, "1 passed, 1 skipped", ""},
		"needs no media":  {stage{err: none}, tested, "g.yaml --run pipeline", exitOK, "1 test: 1 passed", ""},
		"other trouble":   {stage{err: os.ErrPermission}, tested, "g.yaml", exitIO, "", "permission denied"},
		"interrupted":     {stage{endless: true}, tested, "g.yaml --run ends", exitInterrupted, "interrupted", ""},
		"no such test":    {stage{}, tested, "g.yaml --run nothing", exitUsage, "", `no test matches "nothing"`},
		"no such graph":   {stage{}, tested, "--graphs . h", exitIO, "", "no graph of that name"},
		"no such file":    {stage{}, tested, "h.yaml", exitIO, "", "h.yaml"},
		"no tests":        {stage{}, copying, "g.yaml", exitUsage, "", "there are no tests"},
		"bad expression":  {stage{}, tested, "g.yaml --run (", exitUsage, "", "--run: "},
		"none at once":    {stage{}, tested, "g.yaml -j 0", exitUsage, "", "-j wants"},
		"contradiction":   {stage{}, tested, "g.yaml --update --plan-only", exitUsage, "", "--plan-only"},
		"broken graph":    {stage{}, broken, "g.yaml", exitFound, "", "unknown_element"},
		"broken, by name": {stage{}, broken, "--graphs . g", exitFound, "", "unknown_element"},
		"no folder":       {stage{}, tested, "", exitUsage, "", `no folder "graphs"`},
		"report nowhere":  {stage{}, tested, "g.yaml --junit no/such/folder.xml", exitIO, "", "no/such/folder.xml"},
	} {
		t.Run(name, func(t *testing.T) {
			desk(t, c.graph)
			code, out, errw := c.s.sluice(t, append([]string{"test"}, strings.Fields(c.args)...)...)
			if code != c.code || !strings.Contains(out, c.out) || !strings.Contains(errw, c.err) {
				t.Errorf("exit %d\n%s\n%s", code, out, errw)
			}
			if name == "report nowhere" && out != "" {
				t.Errorf("tests ran for a report that cannot be written: %s", out)
			}
			if opened := c.s.err == nil && strings.Contains(out, "it ends"); opened && c.s.stopped != 1 {
				t.Errorf("what was opened was ended %d times", c.s.stopped)
			}
		})
	}
}

// The shipped graphs' tests read media of the repository: where that is not, they are skipped. Somebody's own are not.
func TestTestOfShippedGraphsElsewhere(t *testing.T) {
	text, err := os.ReadFile("../../graphs/jobs/convert.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		graph string
		skips bool
	}{"as shipped": {string(text), true}, "changed": {string(text) + "# mine\n", false}} {
		desk(t, copying)
		if err := os.MkdirAll("graphs/jobs", 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("graphs/jobs/convert.yaml", []byte(c.graph), 0o600); err != nil {
			t.Fatal(err)
		}
		_, out, _ := (&stage{fails: fault.New(fault.ResourceNotFound, "read", "no file")}).sluice(t, "test")
		if strings.Contains(out, "it is part of sluice's repository") != c.skips {
			t.Errorf("%s:\n%s", name, out)
		}
	}
	desk(t, copying)
	code, out, _ := new(stage).sluice(t, "test", "jobs/convert")
	if code != exitFound || !strings.Contains(out, "it is part of sluice's repository") || strings.Contains(out, "FAIL") {
		t.Errorf("by name: exit %d\n%s", code, out)
	}
}

func TestTestReports(t *testing.T) {
	desk(t, tested)
	s := stage{fails: fault.New(fault.MediaCorrupt, "b", "it is broken")}
	code, out, errw := s.sluice(t, "test", "g.yaml", "--json", "--junit", "r.xml")
	var got struct {
		Tests          []struct{ Name, Outcome string }
		Passed, Failed int
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != exitFound || errw != "" {
		t.Fatalf("exit %d, %v: %s%s", code, err, out, errw)
	}
	if got.Passed != 1 || got.Failed != 1 || len(got.Tests) != 2 || got.Tests[0].Outcome != "fail" {
		t.Errorf("%+v", got)
	}
	data, err := os.ReadFile("r.xml")
	if err != nil || !bytes.Contains(data, []byte(`<testsuites tests="2" failures="1"`)) {
		t.Errorf("%v %s", err, data)
	}
}
