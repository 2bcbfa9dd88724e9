package caps

import (
	"os"
	"strings"
	"testing"
)

// rows are the lines of testdata/gst-1.22.txt of one kind, split at tabs, without the kind.
func rows(t *testing.T, kind string, columns int) [][]string {
	t.Helper()
	data, err := os.ReadFile("testdata/gst-1.22.txt")
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for line := range strings.Lines(string(data)) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if cells[0] != kind {
			continue
		}
		if len(cells) != columns+1 {
			t.Fatalf("%d columns in %q", len(cells), line)
		}
		rows = append(rows, cells[1:])
	}
	if len(rows) == 0 {
		t.Fatalf("no rows of kind %q", kind)
	}
	return rows
}

func parse(t *testing.T, s string) Caps {
	t.Helper()
	c, err := Parse(s)
	if err != nil {
		t.Fatalf("Parse(%q): %v", s, err)
	}
	return c
}

func TestParseLikeGStreamer(t *testing.T) {
	for _, row := range rows(t, "parse", 2) {
		c, err := Parse(row[0])
		if row[1] == "ERR" {
			if err == nil {
				t.Errorf("%q: GStreamer refuses it, got %s", row[0], c)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", row[0], err)
			continue
		}
		want, err := Parse(row[1])
		if err != nil {
			t.Errorf("%q: cannot read GStreamer's own print: %v", row[1], err)
			continue
		}
		if !Equal(c, want) {
			t.Errorf("%q: got %s, GStreamer has %s", row[0], c, want)
		}
	}
}

// Where the two differ on purpose: GStreamer writes empty sequences, and items of nested ones, with a type.
func TestPrintLikeGStreamer(t *testing.T) {
	for _, row := range rows(t, "parse", 2) {
		if row[1] == "ERR" || strings.Contains(row[1], "{ < (int)") || strings.Contains(row[1], "(int){  }") ||
			strings.Contains(row[1], "(int)<  >") {
			continue
		}
		if got := parse(t, row[0]).String(); got != row[1] {
			t.Errorf("%q prints as\n%s, GStreamer prints\n%s", row[0], got, row[1])
		}
	}
}

func TestRefuseWhatGStreamerMisreads(t *testing.T) {
	for _, row := range rows(t, "misread", 2) {
		if c, err := Parse(row[0]); err == nil {
			t.Errorf("%q was read as %s", row[0], c)
		}
	}
}

func TestMeetLikeGStreamer(t *testing.T) {
	for _, row := range rows(t, "meet", 5) {
		a, b := parse(t, row[0]), parse(t, row[1])
		if got := Intersects(a, b); got != (row[2] == "1") {
			t.Errorf("Intersects(%s, %s) = %v", a, b, got)
		}
		if got := Subset(a, b); got != (row[3] == "1") {
			t.Errorf("Subset(%s, %s) = %v", a, b, got)
		}
		if got, want := Intersect(a, b), parse(t, row[4]); !Equal(got, want) {
			t.Errorf("Intersect(%s, %s)\n got %s\nwant %s", a, b, got, want)
		}
		if clash := Clash(a, b); (clash == "") != (row[2] == "1") {
			t.Errorf("Clash(%s, %s) = %q", a, b, clash)
		}
	}
}
