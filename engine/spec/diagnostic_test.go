package spec

import (
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	var r Report
	r.Warnf(Pos{"b", 1, 1}, "last", "w")
	if r.Failed() {
		t.Error("a warning is taken for an error")
	}
	r.Errorf(Pos{"a", 2, 3}, "third", "no %q", "x").Advise("take %s", "y")
	r.Errorf(Pos{"a", 2, 1}, "second", "m")
	r.Add(Diagnostic{Pos{"a", 1, 9}, Error, "first", "m", ""}, Diagnostic{Pos{"a", 2, 1}, Error, "second", "m", ""})
	var got []string
	for _, d := range r.List() {
		got = append(got, d.String())
	}
	want := `a:1:9: error[first]: m
a:2:1: error[second]: m
a:2:3: error[third]: no "x" (take y)
b:1:1: warning[last]: w`
	if strings.Join(got, "\n") != want || !r.Failed() {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestSame(t *testing.T) {
	a := parseOne(t, everything)
	moved := parseOne(t, "# comment\n\n"+strings.ReplaceAll(everything, "stream: string", "stream: {type: string}"))
	if !Same(a, moved) {
		t.Error("a graph differs from itself written otherwise")
	}
	changes := [][2]string{
		{"All of it.", "More."}, {"rtmp.publish", "rtmp.play"}, {"1280", "1281"}, {"n=5", "n=6"}, {"n=5", "n=x"},
		{"drop: oldest", "drop: newest"},
		{"width=1", "width=2"}, {"xpos: 0", "xpos: 1"}, {"ear: out.sink", "ear: out.src"}, {"when: error", "when: never"}, {"20s", "21s"},
		{"2.5, true", "true, 2.5"}, {"~", "x"}, {"video?", "video"}, {"[seat]", "[out]"},
	}
	for _, c := range changes {
		if Same(a, parseOne(t, strings.Replace(everything, c[0], c[1], 1))) {
			t.Errorf("a change of %q to %q goes unseen", c[0], c[1])
		}
	}
}
