package report

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"sluice/engine/trial"
)

// Text writes results for people. It is for one goroutine.
type Text struct {
	w      io.Writer
	colour bool
	graph  string // of the last result
}

// NewText makes one.
func NewText(w io.Writer, colour bool) *Text { return &Text{w: w, colour: colour} }

// column is where the time of a test stands.
const column = 72

// Result writes one result, under the name of its graph.
func (t *Text) Result(r trial.Result) error {
	var b strings.Builder
	if r.Graph != t.graph {
		t.graph = r.Graph
		b.WriteString(r.Graph + "\n")
	}
	word := map[trial.Outcome]string{trial.Passed: "ok  ", trial.Failed: "FAIL", trial.Skipped: "skip"}[r.Outcome]
	gap := max(1, column-utf8.RuneCountInString(r.Name))
	fmt.Fprintf(&b, "  %s  %s%s%.1fs\n", t.paint(r.Outcome, word), r.Name, strings.Repeat(" ", gap), r.Took.Seconds())
	if r.Outcome == trial.Skipped {
		b.WriteString("        " + r.Reason + "\n")
	}
	for _, line := range failures(r) {
		b.WriteString("        " + line + "\n")
	}
	for _, path := range r.Updated {
		b.WriteString("        wrote " + path + "\n")
	}
	if r.Kept != "" {
		b.WriteString("        what it wrote is kept in " + r.Kept + "\n")
	}
	_, err := io.WriteString(t.w, b.String())
	return err
}

// Summary writes the line that counts all.
func (t *Text) Summary(results []trial.Result, took time.Duration) error {
	count := Count(results)
	outcome := trial.Passed
	switch {
	case count.Failed > 0:
		outcome = trial.Failed
	case count.Skipped > 0:
		outcome = trial.Skipped
	}
	_, err := fmt.Fprintf(t.w, "%s in %.1fs\n", t.paint(outcome, count.String()), took.Seconds())
	return err
}

func (t *Text) paint(o trial.Outcome, text string) string {
	if !t.colour {
		return text
	}
	code := map[trial.Outcome]string{trial.Passed: "32", trial.Failed: "31", trial.Skipped: "33"}[o]
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
