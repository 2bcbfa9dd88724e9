package top

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"sluice/api/rest/wire"
)

// tab is one of the tables.
type tab int

const (
	streamTab tab = iota
	pipelineTab
	sessionTab
	eventTab
	tabs
)

func (t tab) String() string { return [tabs]string{"streams", "pipelines", "sessions", "events"}[t] }

func (t tab) columns() []column {
	switch t {
	case streamTab:
		return streamColumns()
	case pipelineTab:
		return pipelineColumns()
	case sessionTab:
		return sessionColumns()
	default:
		return eventColumns()
	}
}

// table is what somebody has chosen for one of the tables.
type table struct {
	by       int  // the column to sort by
	backward bool // the largest first
	chosen   string
	first    int // the row at the top
}

// mode is what keys mean at the moment.
type mode int

const (
	browsing  mode = iota
	filtering      // a filter is typed
	reading        // a page is over the table
	asking         // whether something is to be ended
)

// Model is the view, as bubbletea has it: messages change it, and nothing else. Its commands ask the server, and come back as messages.
type Model struct {
	api   API
	ctx   context.Context //nolint:containedctx // commands take none; it is the program's
	every time.Duration
	now   func() time.Time
	zone  *time.Location
	look  looks

	width, height int
	pair          pair
	events        []wire.Event // the oldest first
	trouble       error        // why the last sample could not be taken
	notice        string       // what came of what was done last

	tab    tab
	tables [tabs]table
	filter string
	mode   mode
	page   page
}

// page is a text over the table.
type page struct {
	text  string // its first line is its title
	first int    // line at the top
}

// Messages.
type (
	sampled struct {
		sample *Sample
		err    error
	}
	due       struct{}
	happened  struct{ event wire.Event }
	explained struct {
		title, text string
		err         error
	}
	ended struct {
		what string
		err  error
	}
)

// Init asks for the first sample.
func (m *Model) Init() tea.Cmd { return m.sample() }

// sample asks the server how it is.
func (m *Model) sample() tea.Cmd {
	wanted := []string{}
	if m.tab == pipelineTab {
		for _, r := range m.visible() {
			wanted = append(wanted, r.key)
		}
	}
	if m.pair.is == nil {
		wanted = nil
	}
	api, ctx, now := m.api, m.ctx, m.now
	return func() tea.Msg {
		s, err := take(ctx, api, now, wanted)
		return sampled{s, err}
	}
}

// Update implements tea.Model.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
		m.scroll(0)
	case tea.KeyMsg:
		return m, m.key(msg)
	case sampled:
		m.took(msg)
		return m, tea.Tick(m.every, func(time.Time) tea.Msg { return due{} })
	case due:
		return m, m.sample()
	case happened:
		const most = 1000
		if m.events = append(m.events, msg.event); len(m.events) > most {
			m.events = m.events[len(m.events)-most:]
		}
		m.follow()
	case explained:
		m.open(msg)
	case ended:
		m.notice = msg.what + " is ending"
		if msg.err != nil {
			m.notice = msg.what + ": " + msg.err.Error()
		}
	}
	return m, nil
}

// took takes a sample.
func (m *Model) took(s sampled) {
	if m.trouble = s.err; s.err != nil {
		return
	}
	m.pair = pair{was: m.pair.is, is: s.sample}
	m.follow()
}

// open shows a page.
func (m *Model) open(e explained) {
	if e.err != nil {
		m.notice = e.title + ": " + e.err.Error()
		return
	}
	m.page = page{text: e.text}
	m.mode = reading
}

// rows are those of the table that is shown.
func (m *Model) rows() []row {
	var all []row
	switch t := m.tab; {
	case t == eventTab:
		all = eventRows(m.events, m.zone)
	case m.pair.is == nil:
	case t == streamTab:
		all = streamRows(m.pair)
	case t == sessionTab:
		all = sessionRows(m.pair)
	default:
		all = pipelineRows(m.pair)
	}
	t := m.tables[m.tab]
	return arrange(all, m.filter, t.by, t.backward)
}

// chosen is where the chosen row is now; the first if it is gone.
func (m *Model) chosen(rows []row) int {
	for i, r := range rows {
		if r.key == m.tables[m.tab].chosen {
			return i
		}
	}
	return 0
}

// follow keeps the chosen row in sight when rows come and go.
func (m *Model) follow() {
	rows, t := m.rows(), &m.tables[m.tab]
	at, room := m.chosen(rows), max(1, m.room())
	switch {
	case t.chosen == "" || at < t.first:
		t.first = at
	case at >= t.first+room:
		t.first = at - room + 1
	}
	t.first = max(0, min(t.first, len(rows)-room))
}

// visible are the rows that there is room for.
func (m *Model) visible() []row {
	rows, first := m.rows(), m.tables[m.tab].first
	first = min(first, len(rows))
	return rows[first:min(len(rows), first+max(1, m.room()))]
}
