package show

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Style says for whom something is shown.
type Style struct {
	Terminal bool // tables are aligned, and have a head; elsewhere columns are set apart by tabs, for other programs
	Colour   bool
	Width    int // of the terminal in columns; 0: not known
}

// Table is rows of the same columns.
type Table struct {
	Head []string
	Rows [][]string
	// Bad and Busy are words that are coloured where they are all of a cell: what is wrong, and what is not yet as it will be.
	Bad, Busy []string
}

// Add adds a row. Cells are made safe to show.
func (t *Table) Add(cells ...string) {
	for i, c := range cells {
		cells[i] = Safe(c)
	}
	t.Rows = append(t.Rows, cells)
}

// SGR codes (ECMA-48, 8.3.117).
const (
	bold   = "\x1b[1m"
	red    = "\x1b[31m"
	yellow = "\x1b[33m"
	plain  = "\x1b[0m"
)

// Write writes the table.
func (t *Table) Write(w io.Writer, s Style) error {
	if !s.Terminal {
		for _, row := range t.Rows {
			if _, err := fmt.Fprintln(w, strings.Join(row, "\t")); err != nil {
				return err
			}
		}
		return nil
	}
	return t.aligned(w, s, "")
}

// aligned writes the table in columns, behind an indent.
func (t *Table) aligned(w io.Writer, s Style, indent string) error {
	widths := make([]int, len(t.Head))
	for _, row := range append([][]string{t.Head}, t.Rows...) {
		for i, c := range row {
			widths[i] = max(widths[i], ansi.StringWidth(c))
		}
	}
	for n, row := range append([][]string{t.Head}, t.Rows...) {
		line := indent
		for i, c := range row {
			if room := s.Width - ansi.StringWidth(line); i == len(row)-1 && s.Width > 0 && room > 0 {
				c = ansi.Truncate(c, room, "…")
			}
			gap := ""
			if i < len(row)-1 {
				gap = strings.Repeat(" ", widths[i]-ansi.StringWidth(c)+2)
			}
			line += t.paint(c, n == 0, s) + gap
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " ")); err != nil {
			return err
		}
	}
	return nil
}

// paint colours a cell.
func (t *Table) paint(cell string, head bool, s Style) string {
	switch {
	case !s.Colour:
		return cell
	case head:
		return bold + cell + plain
	case slices.Contains(t.Bad, cell):
		return red + cell + plain
	case slices.Contains(t.Busy, cell):
		return yellow + cell + plain
	}
	return cell
}
