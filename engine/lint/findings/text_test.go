package findings_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"sluice/engine/lint/findings"
	"sluice/engine/spec"
)

const broken = "graph: v1\nabout: A test.\nnodes:\n  in: rtmp.im\n  out: {element: \"fakesnk\"}\nlinks:\n  - in -> out\n  - in -> \"gone\"\n"

func lines(text string) findings.Lines {
	all := strings.Split(text, "\n")
	return func(_ string, n int) (string, bool) {
		if n < 1 || n > len(all) {
			return "", false
		}
		return all[n-1], true
	}
}

// two is what is found of two elements that do not exist, in the fourth and the fifth line.
func two() findings.Result {
	at := func(line, col int, msg, hint string) spec.Diagnostic {
		return spec.Diagnostic{
			Pos: spec.Pos{File: "a.yaml", Line: line, Col: col}, Severity: spec.Error, Code: "unknown_element", Msg: msg, Hint: hint,
		}
	}
	return findings.Result{Registry: "GStreamer 1.22.0 (snapshot)", Graphs: 1, Found: []spec.Diagnostic{
		at(4, 7, `there is no element "rtmp.im"`, `did you mean "rtmp.in"?`),
		at(5, 18, `there is no element "fakesnk"`, `did you mean "fakesink"?`),
	}}
}

func text(t *testing.T, r findings.Result, s findings.Style) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.Text(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestText(t *testing.T) {
	const source = "graph: v1\nabout: A test.\nnodes:\n  in: rtmp.im\n  out: {element: fakesnk, lazy: 5s}\nlinks:\n  - in -> out\n"
	r := two()
	plain := text(t, r, findings.Style{})
	want := `a.yaml:4:7: error[unknown_element]: there is no element "rtmp.im" (did you mean "rtmp.in"?)
a.yaml:5:18: error[unknown_element]: there is no element "fakesnk" (did you mean "fakesink"?)
2 errors, no warnings in 1 graph; elements of GStreamer 1.22.0 (snapshot)
`
	if plain != want {
		t.Errorf("got\n%s\nwant\n%s", plain, want)
	}
	shown := text(t, r, findings.Style{Lines: lines(source)})
	for _, part := range []string{
		"     4 |   in: rtmp.im\n       |       ^^^^^^^\n        hint: did you mean \"rtmp.in\"?\n",
		"     5 |   out: {element: fakesnk, lazy: 5s}\n       |                  ^^^^^^^\n",
	} {
		if !strings.Contains(shown, part) {
			t.Errorf("got\n%s\nwithout\n%s", shown, part)
		}
	}
	if colours := text(t, r, findings.Style{Colour: true}); !strings.Contains(colours, "\x1b[1;31merror\x1b[0m[unknown_element]") {
		t.Errorf("no colours in %q", colours)
	}
	if strings.Contains(plain, "\x1b") {
		t.Error("colours that nobody asked for")
	}
}

// TestTextOfUglyLines prints lines that are long, that steer terminals, or that are not there.
func TestTextOfUglyLines(t *testing.T) {
	at := func(line, col int) spec.Diagnostic {
		return spec.Diagnostic{Pos: spec.Pos{File: "a\x1b[2J.yaml", Line: line, Col: col}, Severity: spec.Warning, Code: "x", Msg: "m\x07", Hint: "h"}
	}
	source := strings.Repeat("x", 300) + " word " + strings.Repeat("y", 300) + "\n\x1b[31mred\x1b[0m\tend\n"
	r := findings.Result{Registry: "r", Graphs: 2, Found: []spec.Diagnostic{at(1, 302), at(2, 1), at(2, 500), at(9, 1), at(1, 0)}}
	got := text(t, r, findings.Style{Lines: lines(source)})
	if strings.ContainsAny(got, "\x1b\x07\t") {
		t.Errorf("a control character is printed: %q", got)
	}
	if !strings.Contains(got, " word ") || !strings.Contains(got, "^^^^\n") {
		t.Errorf("the place in the long line is not shown:\n%s", got)
	}
	for line := range strings.SplitSeq(got, "\n") {
		if len([]rune(line)) > 140 {
			t.Errorf("a line of %d characters", len([]rune(line)))
		}
	}
	if !strings.Contains(got, "(h)\n") || !strings.HasSuffix(got, "no errors, 5 warnings in 2 graphs; elements of r\n") {
		t.Errorf("got\n%s", got)
	}
}

// TestTextHidesSecrets wants no line to be shown that holds a password.
func TestTextHidesSecrets(t *testing.T) {
	const source = "graph: v1\nabout: A.\nnodes:\n  in: rtsp.pull url=rtsp://me:hunter2@host/\n  out: fakesink\nlinks:\n  - in -> out\n"
	r := findings.Result{Registry: "r", Graphs: 1, Found: []spec.Diagnostic{
		{Pos: spec.Pos{File: "a.yaml", Line: 4, Col: 21}, Severity: spec.Warning, Code: "secret_in_text", Msg: "a password"},
		{Pos: spec.Pos{File: "a.yaml", Line: 4, Col: 7}, Severity: spec.Error, Code: "another", Msg: "in the same line"},
	}}
	if got := text(t, r, findings.Style{Lines: lines(source)}); !strings.Contains(got, "secret_in_text") || strings.Contains(got, "hunter2") {
		t.Errorf("got\n%s", got)
	}
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	if err := two().JSON(&b, lines(broken)); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Registry         string
		Graphs           int
		Errors, Warnings int
		Diagnostics      []struct {
			File                          string
			Line, Col, EndCol             int
			Severity, Code, Message, Hint string
		}
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatalf("%v in\n%s", err, b.String())
	}
	if got.Registry != "GStreamer 1.22.0 (snapshot)" || got.Graphs != 1 || got.Errors != len(got.Diagnostics) || got.Warnings != 0 {
		t.Errorf("got %+v", got)
	}
	first := got.Diagnostics[0]
	if first.File != "a.yaml" || first.Line != 4 || first.Col != 7 || first.EndCol != 14 || first.Severity != "error" ||
		first.Code != "unknown_element" || first.Hint != `did you mean "rtmp.in"?` {
		t.Errorf("got %+v", first)
	}
	if second := got.Diagnostics[1]; second.Col != 18 || second.EndCol != 27 {
		t.Errorf("a quoted word: got %+v", second)
	}
}

func TestJSONOfNothing(t *testing.T) {
	var b bytes.Buffer
	if err := (findings.Result{Registry: "r"}).JSON(&b, nil); err != nil || !strings.Contains(b.String(), `"diagnostics": []`) {
		t.Errorf("got %v %s", err, b.String())
	}
}

type deaf struct{}

func (deaf) Write([]byte) (int, error) { return 0, errors.New("deaf") }

func TestPrintingFails(t *testing.T) {
	r := findings.Result{Registry: "r"}
	if r.Text(deaf{}, findings.Style{}) == nil || r.JSON(deaf{}, nil) == nil {
		t.Error("the error of the writer is lost")
	}
}
