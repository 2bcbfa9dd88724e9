package report_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"strings"
	"testing"
	"time"

	"sluice/engine/spec"
	"sluice/engine/trial"
	"sluice/engine/trial/report"
)

func results() []trial.Result {
	at := func(line, col int) spec.Pos { return spec.Pos{File: "g/a.yaml", Line: line, Col: col} }
	return []trial.Result{
		{
			Graph: "a", Name: "fine", Pos: at(3, 5), Outcome: trial.Passed, Took: 1234 * time.Millisecond,
			Found:   []trial.Finding{{Pos: at(4, 6), What: "end", Want: "eos", Saw: "eos", OK: true}},
			Updated: []string{"g/x.txt"},
		},
		{Graph: "a", Name: "wrong <&>\x01", Pos: at(5, 5), Outcome: trial.Failed, Kept: "/keep", Found: []trial.Finding{
			{Pos: at(6, 7), What: "end", Want: "eos", Saw: "eos", OK: true},
			{Pos: at(7, 8), What: "enc.golden", Want: "x.txt", Saw: "other buffers", Detail: "from line 1:\n- a\n+ b"},
		}},
		{Graph: "b", Name: "broken", Pos: at(8, 5), Outcome: trial.Failed, Reason: "it does not compile"},
		{Graph: "b", Name: "left out", Pos: at(9, 5), Outcome: trial.Skipped, Reason: "no GStreamer"},
	}
}

func TestText(t *testing.T) {
	var b strings.Builder
	text := report.NewText(&b, false)
	for _, r := range results() {
		if err := text.Result(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := text.Summary(results(), 2*time.Second); err != nil {
		t.Fatal(err)
	}
	want := `a
  ok    fine` + strings.Repeat(" ", 68) + `1.2s
        wrote g/x.txt
  FAIL  wrong <&>` + "\x01" + strings.Repeat(" ", 62) + `0.0s
        g/a.yaml:7:8: enc.golden: want x.txt, saw other buffers
          from line 1:
          - a
          + b
        what it wrote is kept in /keep
b
  FAIL  broken` + strings.Repeat(" ", 66) + `0.0s
        g/a.yaml:8:5: it does not compile
  skip  left out` + strings.Repeat(" ", 64) + `0.0s
        no GStreamer
4 tests: 1 passed, 2 failed, 1 skipped in 2.0s
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestColour(t *testing.T) {
	var b strings.Builder
	text := report.NewText(&b, true)
	for _, r := range results() {
		if err := text.Result(r); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"\x1b[32mok  \x1b[0m", "\x1b[31mFAIL\x1b[0m", "\x1b[33mskip\x1b[0m"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing", want)
		}
	}
	if got := report.Count(results()[:1]).String(); got != "1 test: 1 passed" {
		t.Errorf("%q", got)
	}
}

func TestJSON(t *testing.T) {
	var b strings.Builder
	if err := report.JSON(&b, results(), 2*time.Second); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Tests []struct {
			Graph, Name, Outcome, Reason, File string
			Line                               int
			Seconds                            float64
			Checks                             []struct {
				What, Want, Saw, Detail string
				OK                      bool
				Line, Column            int
			}
		}
		Passed, Failed, Skipped int
		Seconds                 float64
	}
	d := json.NewDecoder(strings.NewReader(b.String()))
	if err := d.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.Passed != 1 || got.Failed != 2 || got.Skipped != 1 || got.Seconds != 2 || len(got.Tests) != 4 {
		t.Errorf("%+v", got)
	}
	one := got.Tests[1]
	if one.Graph != "a" || one.Outcome != "fail" || one.Line != 5 || one.File != "g/a.yaml" || len(one.Checks) != 2 {
		t.Errorf("%+v", one)
	}
	if c := one.Checks[1]; c.OK || c.What != "enc.golden" || c.Line != 7 || c.Column != 8 || c.Detail == "" {
		t.Errorf("%+v", c)
	}
	b.Reset()
	if err := report.JSON(&b, nil, 0); err != nil || !strings.Contains(b.String(), `"tests": []`) {
		t.Errorf("%v %s", err, b.String())
	}
}

func TestJUnit(t *testing.T) {
	var b strings.Builder
	if err := report.JUnit(&b, results(), 2*time.Second); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Suites   []struct {
			Name  string `xml:"name,attr"`
			Tests int    `xml:"tests,attr"`
			Cases []struct {
				Name    string  `xml:"name,attr"`
				Class   string  `xml:"classname,attr"`
				Line    int     `xml:"line,attr"`
				Time    float64 `xml:"time,attr"`
				Failure *struct {
					Message string `xml:"message,attr"`
					Text    string `xml:",chardata"`
				} `xml:"failure"`
				Skipped *struct {
					Message string `xml:"message,attr"`
				} `xml:"skipped"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	if got.Tests != 4 || got.Failures != 2 || len(got.Suites) != 2 || got.Suites[1].Tests != 2 {
		t.Errorf("%+v", got)
	}
	a, z := got.Suites[0].Cases, got.Suites[1].Cases
	if a[0].Failure != nil || a[0].Time != 1.234 || a[0].Class != "a" || a[0].Line != 3 {
		t.Errorf("%+v", a[0])
	}
	if f := a[1].Failure; f == nil || !strings.Contains(f.Message, "want x.txt") || !strings.HasSuffix(f.Text, "+ b") {
		t.Errorf("%+v", f)
	}
	if z[0].Failure == nil || z[1].Skipped == nil || z[1].Skipped.Message != "no GStreamer" {
		t.Errorf("%+v", z)
	}
}

// full is a disk that is full.
type full struct{}

var errFull = errors.New("disk full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteErrors(t *testing.T) {
	text := report.NewText(full{}, false)
	for _, err := range []error{
		text.Result(results()[0]), text.Summary(results(), 0), report.JSON(full{}, results(), 0), report.JUnit(full{}, results(), 0),
	} {
		if !errors.Is(err, errFull) {
			t.Errorf("got %v", err)
		}
	}
}
