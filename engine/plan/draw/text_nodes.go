package draw

import (
	"strings"
	"unicode/utf8"

	"sluice/engine/element"
	"sluice/engine/plan"
)

// row is a row of a table: cells that are lined up, and a tail that is wrapped.
type row struct {
	cells []word
	tail  []word
}

// The widest that a column is made for, and the narrowest room that a tail is put into beside the cells.
const (
	widestCell = 28
	leastTail  = 36
)

// table prints rows under headings, columns lined up.
func (k *ink) table(headings []string, rows []row) {
	var widths []int
	measure := func(i int, text string) {
		if i == len(widths) {
			widths = append(widths, 0)
		}
		widths[i] = max(widths[i], min(utf8.RuneCountInString(printable(text)), widestCell))
	}
	for i, h := range headings {
		measure(i, h)
	}
	for _, r := range rows {
		for i, c := range r.cells {
			measure(i, c.text)
		}
	}
	tail := 2
	for _, w := range widths {
		tail += w + 2
	}
	if len(headings) > 0 {
		cells := make([]word, 0, len(headings))
		for _, h := range headings {
			cells = append(cells, word{text: h, tone: faint})
		}
		k.row(row{cells: cells}, widths, tail)
	}
	for _, r := range rows {
		k.row(r, widths, tail)
	}
}

// row prints one row. The tail goes below if there is little room beside.
func (k *ink) row(r row, widths []int, tail int) {
	at := 2
	k.b.WriteString("  ")
	due, gap := 2, 0
	for i, c := range r.cells {
		if i == len(r.cells)-1 && len(r.tail) == 0 {
			k.write(c)
			break
		}
		at += k.write(c)
		due += widths[i] + 2
		gap = max(due-at, 2)
		if i < len(r.cells)-1 {
			k.b.WriteString(strings.Repeat(" ", gap))
			at += gap
		}
	}
	switch {
	case len(r.tail) == 0:
		k.blank()
	case columns-at-gap < leastTail:
		k.blank()
		k.line(6, 8, r.tail...)
	default:
		k.b.WriteString(strings.Repeat(" ", gap))
		k.rest(at+gap, min(tail, at+gap), r.tail)
	}
}

// nodes prints the table of nodes. Columns that would be empty are left out.
func (k *ink) nodes(p *plan.Plan) {
	nodes := p.Nodes
	if len(nodes) == 0 {
		return
	}
	tells := map[string]string{} // what the branches say already
	for _, l := range p.Pipelines {
		for _, b := range l.Branches {
			tells[b.Name] = b.OnError
		}
	}
	k.heading("nodes")
	piped, branched := false, false
	for _, n := range nodes {
		piped, branched = piped || n.Pipeline != "", branched || n.Branch != ""
	}
	headings := []string{"name", "element", "domain"}
	if piped {
		headings = append(headings, "pipeline")
	}
	if branched {
		headings = append(headings, "branch")
	}
	rows := make([]row, 0, len(nodes))
	for i := range nodes {
		n := &nodes[i]
		cells := []word{{text: n.Name, tone: domainTone(n.Domain)}, {text: n.Element}, {text: string(n.Domain), tone: domainTone(n.Domain)}}
		if piped {
			cells = append(cells, word{text: n.Pipeline})
		}
		if branched {
			cells = append(cells, word{text: n.Branch})
		}
		rows = append(rows, row{cells: cells, tail: details(n, n.Branch == "" || tells[n.Branch] != n.OnError)})
	}
	k.table(append(headings, "settings"), rows)
}

func domainTone(d element.Domain) tone {
	if d == element.Gst {
		return gstTone
	}
	return goTone
}

// details lists a node's settings and what else is special about it; with failing, also what happens when it fails.
func details(n *plan.Node, failing bool) []word {
	var out []word
	for _, s := range n.Settings {
		out = append(out, word{text: s.Name + "="}, word{text: clip(quoted(shown(s)), 60), tied: true})
	}
	var special []string
	if n.Lazy || n.Linger > 0 {
		special = append(special, "lazy, "+lingering(n.Linger))
	}
	if failing && n.OnError != "" && n.OnError != "fail" {
		special = append(special, "on error: "+n.OnError)
	}
	if n.Fallback != nil {
		special = append(special, n.Fallback.Node+" plays after "+n.Fallback.After.String()+" of silence")
	}
	if n.Passes {
		special = append(special, "nothing to do")
	}
	for _, s := range special {
		if len(out) > 0 {
			out = append(out, word{text: ";", tied: true})
		}
		out = append(out, prose(s, faint)...)
	}
	if n.About != "" {
		out = append(out, prose("# "+n.About, faint)...)
	}
	return out
}

// quoted puts quotation marks around a value that does not read as one word.
func quoted(text string) string {
	if text == "" || strings.ContainsAny(text, " \t\n\"'") {
		return `"` + strings.ReplaceAll(text, `"`, `\"`) + `"`
	}
	return text
}
