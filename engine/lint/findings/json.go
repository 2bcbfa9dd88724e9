package findings

import (
	"encoding/json"
	"io"

	"sluice/engine/spec"
)

// document is what JSON writes.
type document struct {
	Registry    string  `json:"registry"`
	Graphs      int     `json:"graphs"`
	Errors      int     `json:"errors"`
	Warnings    int     `json:"warnings"`
	Diagnostics []entry `json:"diagnostics"`
}

// entry is one diagnostic in JSON. Lines and columns count from 1, columns in characters; the end is behind the last.
type entry struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Col    int    `json:"col"`
	EndCol int    `json:"endCol,omitempty"`
	spec.Diagnostic
}

// JSON prints everything as one object, for editors and scripts. With lines, which may be nil, it says where each marked
// word ends. The error is that of w.
func (r Result) JSON(w io.Writer, lines Lines) error {
	doc := document{Registry: r.Registry, Graphs: r.Graphs, Diagnostics: make([]entry, 0, len(r.Found))}
	doc.Errors, doc.Warnings = r.Counts()
	for _, d := range r.Found {
		f := entry{File: d.Pos.File, Line: d.Pos.Line, Col: d.Pos.Col, Diagnostic: d}
		if lines != nil {
			if text, ok := lines(d.Pos.File, d.Pos.Line); ok {
				line := []rune(text)
				from := min(max(d.Pos.Col-1, 0), len(line))
				f.EndCol = max(wordEnd(line, from), from+1) + 1
			}
		}
		doc.Diagnostics = append(doc.Diagnostics, f)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}
