// Package report writes the results of tests: for people as they come, for programs as JSON, and for build servers as JUnit
// XML. It runs nothing and judges nothing.
package report

import (
	"fmt"
	"strings"
	"time"

	"sluice/engine/trial"
)

// Tally counts results.
type Tally struct {
	Passed  int `json:"passed"`
	Failed  int `json:"failed"`
	Skipped int `json:"skipped"`
}

// Count counts results by outcome.
func Count(results []trial.Result) Tally {
	var t Tally
	for _, r := range results {
		switch r.Outcome {
		case trial.Passed:
			t.Passed++
		case trial.Failed:
			t.Failed++
		case trial.Skipped:
			t.Skipped++
		}
	}
	return t
}

// String reads "3 tests: 1 passed, 1 failed, 1 skipped".
func (t Tally) String() string {
	all := t.Passed + t.Failed + t.Skipped
	parts := []string{fmt.Sprintf("%d passed", t.Passed)}
	if t.Failed > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", t.Failed))
	}
	if t.Skipped > 0 {
		parts = append(parts, fmt.Sprintf("%d skipped", t.Skipped))
	}
	noun := "tests"
	if all == 1 {
		noun = "test"
	}
	return fmt.Sprintf("%d %s: %s", all, noun, strings.Join(parts, ", "))
}

// failures says line by line why a test failed.
func failures(r trial.Result) []string {
	var out []string
	if r.Reason != "" && r.Outcome == trial.Failed {
		out = append(out, fmt.Sprintf("%s: %s", r.Pos, r.Reason))
	}
	for _, f := range r.Found {
		if f.OK {
			continue
		}
		out = append(out, fmt.Sprintf("%s: %s: want %s, saw %s", f.Pos, f.What, f.Want, f.Saw))
		for line := range strings.Lines(f.Detail) {
			out = append(out, "  "+strings.TrimSuffix(line, "\n"))
		}
	}
	return out
}

// seconds is a time as reports have it.
func seconds(d time.Duration) float64 { return d.Round(time.Millisecond).Seconds() }
