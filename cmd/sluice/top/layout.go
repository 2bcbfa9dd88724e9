package top

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"sluice/cmd/sluice/ctl/show"
)

// fit says which columns there is room for, and how wide each is; 0: it is left out. The first takes what the others leave.
func fit(columns []column, width int) []int {
	out := make([]int, len(columns))
	for i, c := range columns {
		out[i] = max(c.width, ansi.StringWidth(c.title))
	}
	for used(out) > width {
		worst := 0
		for i, c := range columns {
			if out[i] > 0 && c.drop > columns[worst].drop {
				worst = i
			}
		}
		if columns[worst].drop == 0 || out[worst] == 0 {
			break
		}
		out[worst] = 0
	}
	spread(columns, out, width)
	return out
}

// spread gives what is left to the last column of text, and half of it to the first.
func spread(columns []column, out []int, width int) {
	left := width - used(out)
	if left <= 0 {
		out[0] = max(1, out[0]+left)
		return
	}
	last := len(columns) - 1
	if columns[last].right || out[last] == 0 {
		out[0] += left
		return
	}
	out[0] += left / 4 // names are short where there are sentences
	out[last] += left - left/4
}

// used is how wide columns are, with the gaps between them.
func used(widths []int) int {
	n, shown := 0, 0
	for _, w := range widths {
		if w > 0 {
			n, shown = n+w, shown+1
		}
	}
	return n + max(0, shown-1)
}

// rowsText draws the table.
func (m *Model) rowsText() []string {
	columns := m.tab.columns()
	widths := fit(columns, m.width)
	titles := make([]string, len(columns))
	for i, c := range columns {
		titles[i] = c.title
	}
	out := []string{m.look.head.Render(drawn(titles, columns, widths))}
	rows := m.rows()
	if len(rows) == 0 && m.pair.is != nil {
		return append(out, m.look.quiet.Render(m.none()))
	}
	at := -1
	if len(rows) > 0 && m.tables[m.tab].chosen != "" {
		at = slices.IndexFunc(rows, func(r row) bool { return r.key == m.tables[m.tab].chosen })
	}
	for i, r := range m.visible() {
		if i >= m.room() {
			break
		}
		text := drawn(r.cells, columns, widths)
		switch {
		case i+m.tables[m.tab].first == at:
			text = m.look.chosen.Render(text)
		case r.bad:
			text = m.look.bad.Render(text)
		}
		out = append(out, text)
	}
	return out
}

// none says why a table is empty.
func (m *Model) none() string {
	if m.filter != "" {
		return "nothing has " + m.filter + " in it"
	}
	return "no " + m.tab.String()
}

// drawn is one line of a table.
func drawn(cells []string, columns []column, widths []int) string {
	var parts []string
	for i, c := range cells {
		if widths[i] == 0 {
			continue
		}
		c = ansi.Truncate(show.Safe(c), widths[i], "…")
		pad := strings.Repeat(" ", widths[i]-ansi.StringWidth(c))
		if columns[i].right {
			parts = append(parts, pad+c)
		} else {
			parts = append(parts, c+pad)
		}
	}
	return strings.Join(parts, " ")
}
