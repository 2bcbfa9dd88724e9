package top

import (
	"context"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"sluice/cmd/sluice/ctl"
	"sluice/cmd/sluice/ctl/show"
)

// key does what a key means.
func (m *Model) key(k tea.KeyMsg) tea.Cmd {
	m.notice = ""
	if k.String() == "ctrl+c" {
		return tea.Quit
	}
	if len(k.Runes) > 1 && m.mode != filtering { // typed faster than they were read
		var cmds []tea.Cmd
		for _, r := range k.Runes {
			cmds = append(cmds, m.key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}}))
		}
		return tea.Sequence(cmds...)
	}
	switch m.mode {
	case filtering:
		m.typed(k)
	case reading:
		return m.turn(k.String())
	case asking:
		m.mode = browsing
		if k.String() == "y" || k.String() == "Y" {
			return m.end()
		}
		m.notice = "nothing was ended"
	case browsing:
		return m.browse(k.String())
	}
	return nil
}

// browse moves about the table, and has something done with what is chosen.
func (m *Model) browse(k string) tea.Cmd {
	if m.move(k) {
		return nil
	}
	switch k {
	case "esc":
		if m.filter == "" {
			return tea.Quit
		}
		m.filter = ""
		m.follow()
	case "q":
		return tea.Quit
	case "s", "S":
		m.sort(k == "S")
	case "r":
		m.tables[m.tab].backward = !m.tables[m.tab].backward
		m.follow()
	case "/":
		m.mode = filtering
	case "?":
		m.open(explained{text: help})
	case "enter":
		return m.explain()
	case "x", "delete":
		if rows := m.rows(); m.tab != eventTab && len(rows) > 0 {
			m.choose(rows[m.chosen(rows)].key)
			m.mode = asking
		}
	}
	return nil
}

// move goes to another row or another table; false if the key does not mean that.
func (m *Model) move(k string) bool {
	switch k {
	case "tab", "right", "l":
		m.show((m.tab + 1) % tabs)
	case "shift+tab", "left", "h":
		m.show((m.tab + tabs - 1) % tabs)
	case "1", "2", "3", "4":
		m.show(tab(k[0] - '1'))
	case "up", "k":
		m.scroll(-1)
	case "down", "j":
		m.scroll(1)
	case "pgup":
		m.scroll(-m.room())
	case "pgdown":
		m.scroll(m.room())
	case "home", "g":
		m.scroll(-len(m.rows()))
	case "end", "G":
		m.scroll(len(m.rows()))
	default:
		return false
	}
	return true
}

func (m *Model) show(t tab) {
	m.tab = t
	m.follow()
}

// sort goes to the next column to sort by, or to the one before. Numbers begin with the largest.
func (m *Model) sort(back bool) {
	t, n := &m.tables[m.tab], len(m.tab.columns())
	step := 1
	if back {
		step = n - 1
	}
	t.by = (t.by + step) % n
	t.backward = m.tab.columns()[t.by].right
	m.follow()
}

func (m *Model) choose(key string) { m.tables[m.tab].chosen = key }

// scroll moves the choice by so many rows.
func (m *Model) scroll(by int) {
	rows := m.rows()
	if len(rows) == 0 {
		return
	}
	if by != 0 {
		m.choose(rows[max(0, min(m.chosen(rows)+by, len(rows)-1))].key)
	}
	m.follow()
}

// typed changes the filter.
func (m *Model) typed(k tea.KeyMsg) {
	switch k.Type {
	case tea.KeyEnter:
		m.mode = browsing
	case tea.KeyEsc:
		m.mode, m.filter = browsing, ""
	case tea.KeyBackspace:
		if r := []rune(m.filter); len(r) > 0 {
			m.filter = string(r[:len(r)-1])
		}
	case tea.KeyCtrlU:
		m.filter = ""
	case tea.KeyRunes, tea.KeySpace:
		m.filter += show.Safe(string(k.Runes))
	}
	m.follow()
}

// turn reads a page.
func (m *Model) turn(k string) tea.Cmd {
	by, all := 0, len(m.lines())
	switch k {
	case "q", "esc", "enter", "?":
		m.mode = browsing
		return nil
	case "up", "k":
		by = -1
	case "down", "j":
		by = 1
	case "pgup":
		by = -m.paper()
	case "pgdown", " ":
		by = m.paper()
	case "home", "g":
		by = -all
	case "end", "G":
		by = all
	}
	m.page.first = max(0, min(m.page.first+by, all-m.paper()))
	return nil
}

// explain asks why the chosen one is as it is.
func (m *Model) explain() tea.Cmd {
	rows := m.rows()
	if len(rows) == 0 {
		return nil
	}
	r := rows[m.chosen(rows)]
	m.choose(r.key)
	api, ctx, now := m.api, m.ctx, m.now
	switch m.tab {
	case streamTab:
		return func() tea.Msg {
			e, err := api.ExplainStream(ctx, r.key)
			return explained{r.key, written(ctl.ExplainStream(e, now())), err}
		}
	case pipelineTab:
		return func() tea.Msg {
			d, err := api.Pipeline(ctx, r.key)
			return explained{r.key, written(ctl.ExplainPipeline(d, now())), err}
		}
	case sessionTab:
		return func() tea.Msg {
			s, err := api.Session(ctx, r.key)
			return explained{r.key, written(ctl.ExplainSession(s, now())), err}
		}
	default:
		m.open(explained{text: strings.Join(r.cells, "\n")})
		return nil
	}
}

// written is a page as text.
func written(p *show.Page) string {
	var b strings.Builder
	_ = p.Write(&b, show.Style{}) // a Builder takes all
	return b.String()
}

// end ends the chosen one.
func (m *Model) end() tea.Cmd {
	key, ctx := m.tables[m.tab].chosen, m.ctx
	do := m.api.EndStream
	switch m.tab {
	case pipelineTab:
		do = func(ctx context.Context, id string) error { return m.api.EndPipeline(ctx, id, -1) }
	case sessionTab:
		do = m.api.EndSession
	}
	return func() tea.Msg { return ended{key, do(ctx, key)} }
}

const help = `Keys

1 to 4, tab, left, right  streams, pipelines, sessions, events
up, down, pgup, pgdown    choose a row
enter                     explain it
x                         end it, after asking
/                         filter: rows with the text in a cell; esc takes it back
s, S                      sort by the next column, or the one before
r                         the other way round
q, ctrl+c                 quit

CPU is a share of one CPU; a worker that several pipelines share is counted for each.
in and out are bits a second: what is published, and what readers are given.
fps is known where access units are counted. viewers are all who read, graphs too.`
