package report

import (
	"encoding/xml"
	"io"
	"strings"
	"time"

	"sluice/engine/trial"
)

// The elements of JUnit's report, as build servers read it.
type suites struct {
	XMLName  xml.Name `xml:"testsuites"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Skipped  int      `xml:"skipped,attr"`
	Time     float64  `xml:"time,attr"`
	Suites   []*suite `xml:"testsuite"`
}

type suite struct {
	Name     string  `xml:"name,attr"`
	Tests    int     `xml:"tests,attr"`
	Failures int     `xml:"failures,attr"`
	Skipped  int     `xml:"skipped,attr"`
	Time     float64 `xml:"time,attr"`
	Cases    []xcase `xml:"testcase"`
}

type xcase struct {
	Class   string    `xml:"classname,attr"`
	Name    string    `xml:"name,attr"`
	File    string    `xml:"file,attr,omitempty"`
	Line    int       `xml:"line,attr,omitempty"`
	Time    float64   `xml:"time,attr"`
	Failure *failure  `xml:"failure"`
	Skipped *reasoned `xml:"skipped"`
}

type failure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

type reasoned struct {
	Message string `xml:"message,attr"`
}

// JUnit writes results as JUnit's XML: a suite for each graph, a case for each test.
func JUnit(w io.Writer, results []trial.Result, took time.Duration) error {
	all := Count(results)
	out := suites{Tests: len(results), Failures: all.Failed, Skipped: all.Skipped, Time: seconds(took)}
	byGraph := map[string]*suite{}
	for _, r := range results {
		s := byGraph[r.Graph]
		if s == nil {
			s = &suite{Name: r.Graph}
			byGraph[r.Graph] = s
			out.Suites = append(out.Suites, s)
		}
		c := xcase{Class: r.Graph, Name: r.Name, File: r.Pos.File, Line: r.Pos.Line, Time: seconds(r.Took)}
		switch r.Outcome {
		case trial.Failed:
			lines := failures(r)
			c.Failure = &failure{Message: first(lines), Text: strings.Join(lines, "\n")}
			s.Failures++
		case trial.Skipped:
			c.Skipped = &reasoned{Message: r.Reason}
			s.Skipped++
		case trial.Passed:
		}
		s.Tests++
		s.Time += c.Time
		s.Cases = append(s.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func first(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return lines[0]
}
