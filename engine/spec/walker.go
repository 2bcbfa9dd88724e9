package spec

import (
	"gopkg.in/yaml.v3"
)

// maxErrors bounds the diagnostics of one file; the rest is only counted.
const maxErrors = 100

// walker turns the YAML of one file into graphs. It belongs to one call of Parse or Format.
type walker struct {
	src     *source
	report  Report
	errors  int  // all of them, also those not kept
	faults  int  // errors, and values left out because of an error that was reported elsewhere
	dropped Pos  // of the first error not kept
	bangs   bool // the file has a "!" somewhere
	anchors anchors
	graph   *Graph
}

// errorf reports an error. The result is for Advise, to be called at once.
func (w *walker) errorf(pos Pos, code, format string, args ...any) *Diagnostic {
	w.faults++
	w.errors++
	if w.errors > maxErrors {
		if w.errors == maxErrors+1 {
			w.dropped = pos
		}
		return new(Diagnostic)
	}
	return w.report.Errorf(pos, code, format, args...)
}

// diagnostics gives everything reported, ordered by place.
func (w *walker) diagnostics() []Diagnostic {
	if more := w.errors - maxErrors; more > 0 {
		w.report.Errorf(w.dropped, CodeTooManyErrors, "there are %d more errors", more).Advise("mend the first ones and look again")
	}
	return w.report.List()
}

// at is the place where a YAML value begins. yaml.v3 puts a value that is not written behind the file's last line.
func (w *walker) at(n *yaml.Node) Pos {
	if n.Line > len(w.src.lines) {
		return w.src.pos(len(w.src.text))
	}
	return Pos{w.src.file, max(n.Line, 1), max(n.Column, 1)}
}

// gap notes that something of a section was left out of the tree.
func (w *walker) gap(section string) {
	if !w.graph.Gap(section) {
		w.graph.Gaps = append(w.graph.Gaps, section)
	}
}

// kindName says what a value is, for messages.
func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a map"
	case yaml.SequenceNode:
		return "a list"
	}
	switch scalarKind(n) {
	case Null:
		return "empty"
	case Bool:
		return "true or false"
	case Int, Float:
		return "a number"
	}
	return "text"
}

// wrongKind reports a value of the wrong kind, once: an alias was reported as such.
func (w *walker) wrongKind(n *yaml.Node, what, want string) *Diagnostic {
	if n.Kind == yaml.AliasNode {
		w.faults++
		return new(Diagnostic)
	}
	return w.errorf(w.at(n), CodeWrongKind, "%s must be %s, this is %s", what, want, kindName(n))
}
