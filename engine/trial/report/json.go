package report

import (
	"encoding/json"
	"io"
	"time"

	"sluice/engine/spec"
	"sluice/engine/trial"
)

// file is the whole report as JSON.
type file struct {
	Tests []test `json:"tests"`
	Tally
	Seconds float64 `json:"seconds"`
}

type test struct {
	Graph   string        `json:"graph"`
	Name    string        `json:"name"`
	Outcome trial.Outcome `json:"outcome"`
	Reason  string        `json:"reason,omitempty"`
	Seconds float64       `json:"seconds"`
	place
	Checks  []check  `json:"checks"`
	Updated []string `json:"updated,omitempty"`
	Kept    string   `json:"kept,omitempty"`
}

type check struct {
	What   string `json:"what"`
	Want   string `json:"want"`
	Saw    string `json:"saw"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"`
	place
}

type place struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

func placeOf(p spec.Pos) place { return place{p.File, p.Line, p.Col} }

// JSON writes all results with all that was compared.
func JSON(w io.Writer, results []trial.Result, took time.Duration) error {
	out := file{Tests: []test{}, Tally: Count(results), Seconds: seconds(took)}
	for _, r := range results {
		one := test{
			Graph: r.Graph, Name: r.Name, Outcome: r.Outcome, Reason: r.Reason, Seconds: seconds(r.Took), place: placeOf(r.Pos),
			Checks: []check{}, Updated: r.Updated, Kept: r.Kept,
		}
		for _, f := range r.Found {
			one.Checks = append(one.Checks, check{What: f.What, Want: f.Want, Saw: f.Saw, OK: f.OK, Detail: f.Detail, place: placeOf(f.Pos)})
		}
		out.Tests = append(out.Tests, one)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(out)
}
