package trial

import (
	"cmp"
	"slices"
	"time"

	"sluice/engine/spec"
)

// Outcome is how a test went.
type Outcome string

// The outcomes.
const (
	Passed  Outcome = "pass"
	Failed  Outcome = "fail"
	Skipped Outcome = "skip" // it was not run, which says nothing about the graph
)

// Result is what came of one test.
type Result struct {
	Graph   string
	Name    string
	Pos     spec.Pos // of the test
	Outcome Outcome
	Reason  string // of a skip, and of a failure that is none of an expectation
	Beyond  bool   // it was skipped because the graph needs what is ruled out here: Options.Lean
	Took    time.Duration
	Found   []Finding // what was compared, in the order of the file
	Kept    string    // the folder with the files that the graph wrote; "" if it is gone
	Updated []string  // golden files that were written
}

// Finding is one expectation and what was seen.
type Finding struct {
	Pos    spec.Pos
	What   string // "venc.frames"
	Want   string
	Saw    string
	OK     bool
	Detail string // more about a failure, of several lines: the difference to a golden file
}

// failures lists what did not come out as expected.
func (r *Result) failures() []Finding {
	var out []Finding
	for _, f := range r.Found {
		if !f.OK {
			out = append(out, f)
		}
	}
	return out
}

// settle puts the findings in order and gives the result its outcome.
func (r *Result) settle() {
	slices.SortStableFunc(r.Found, func(a, b Finding) int {
		return cmp.Or(a.Pos.Line-b.Pos.Line, a.Pos.Col-b.Pos.Col)
	})
	switch {
	case r.Outcome == Skipped && len(r.failures()) == 0:
	case r.Reason != "" && r.Outcome != Skipped, len(r.failures()) > 0:
		r.Outcome = Failed
	default:
		r.Outcome = Passed
	}
}
