package spec

import (
	"fmt"
	"slices"
	"strings"
)

// Severity of a diagnostic. Only errors keep a graph from running.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Diagnostic is one finding about a file.
type Diagnostic struct {
	Pos      Pos      `json:"-"`
	Severity Severity `json:"severity"`
	Code     string   `json:"code"` // stable, snake_case
	Msg      string   `json:"message"`
	Hint     string   `json:"hint,omitempty"` // what to write instead, or where to look
}

// String reads "file:line:col: severity[code]: message (hint)".
func (d Diagnostic) String() string {
	s := fmt.Sprintf("%s: %s[%s]: %s", d.Pos, d.Severity, d.Code, d.Msg)
	if d.Hint != "" {
		s += " (" + d.Hint + ")"
	}
	return s
}

// Report collects diagnostics. It is not safe for concurrent use.
type Report struct{ list []Diagnostic }

// Errorf adds an error.
func (r *Report) Errorf(pos Pos, code, format string, args ...any) *Diagnostic {
	return r.add(Diagnostic{Pos: pos, Severity: Error, Code: code, Msg: fmt.Sprintf(format, args...)})
}

// Warnf adds a warning.
func (r *Report) Warnf(pos Pos, code, format string, args ...any) *Diagnostic {
	return r.add(Diagnostic{Pos: pos, Severity: Warning, Code: code, Msg: fmt.Sprintf(format, args...)})
}

func (r *Report) add(d Diagnostic) *Diagnostic {
	r.list = append(r.list, d)
	return &r.list[len(r.list)-1]
}

// Advise gives the diagnostic a hint, to be called at once on what Errorf or Warnf returned.
func (d *Diagnostic) Advise(format string, args ...any) {
	d.Hint = fmt.Sprintf(format, args...)
}

// Add takes over diagnostics found elsewhere.
func (r *Report) Add(list ...Diagnostic) { r.list = append(r.list, list...) }

// List gives all diagnostics ordered by place, without exact repetitions.
func (r *Report) List() []Diagnostic {
	out := slices.Clone(r.list)
	slices.SortStableFunc(out, func(a, b Diagnostic) int {
		switch {
		case a.Pos.Before(b.Pos):
			return -1
		case b.Pos.Before(a.Pos):
			return 1
		}
		return strings.Compare(a.Code+a.Msg, b.Code+b.Msg)
	})
	return slices.Compact(out)
}

// Failed tells whether any diagnostic is an error.
func (r *Report) Failed() bool {
	return slices.ContainsFunc(r.list, func(d Diagnostic) bool { return d.Severity == Error })
}
