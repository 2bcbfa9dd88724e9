package spec

import "fmt"

// Pos is a place in a file. Lines and columns count from 1; columns count characters, not bytes. The zero Pos means "nowhere".
type Pos struct {
	File string
	Line int
	Col  int
}

// String reads "file:line:col".
func (p Pos) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col) }

// Before orders places by file, line and column.
func (p Pos) Before(q Pos) bool {
	if p.File != q.File {
		return p.File < q.File
	}
	if p.Line != q.Line {
		return p.Line < q.Line
	}
	return p.Col < q.Col
}
