package top

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"sluice/cmd/sluice/ctl/show"
)

// looks are the styles of the view.
type looks struct{ title, head, chosen, bad, quiet lipgloss.Style }

func newLooks(r *lipgloss.Renderer) looks {
	const red, grey = lipgloss.Color("1"), lipgloss.Color("8")
	return looks{
		title: r.NewStyle().Bold(true), head: r.NewStyle().Bold(true).Underline(true), chosen: r.NewStyle().Reverse(true),
		bad: r.NewStyle().Foreground(red), quiet: r.NewStyle().Foreground(grey),
	}
}

// least is how many lines there have to be for more than the table.
const least = 8

// room is how many rows of the table fit.
func (m *Model) room() int {
	if m.height < least {
		return max(0, m.height-2) // the head, and the last line
	}
	return m.height - 5 // two lines about the server, the tabs, the head, and the last line
}

// paper is how many lines of a page fit.
func (m *Model) paper() int { return max(1, m.height-1) }

// View implements tea.Model.
func (m *Model) View() string {
	if m.width <= 0 || m.height <= 0 {
		return ""
	}
	var out []string
	if m.mode == reading {
		out = m.paged()
	} else {
		if m.height >= least {
			out = append(out, m.about()...)
			out = append(out, m.bar())
		}
		out = append(out, m.rowsText()...)
		for len(out) < m.height-1 {
			out = append(out, "")
		}
		out = append(out, m.last())
	}
	out = out[:min(len(out), m.height)]
	for i, line := range out {
		out[i] = ansi.Truncate(line, m.width, "")
	}
	return strings.Join(out, "\n")
}

// about says how the server is, in two lines.
func (m *Model) about() []string {
	if m.pair.is == nil {
		return []string{m.look.title.Render("sluice") + " at " + show.Safe(m.api.Server()), ""}
	}
	s := m.pair.is.Server
	total := m.pair.total()
	cpu, workers := -1.0, -1.0
	if m.pair.was != nil {
		cpu, workers = m.pair.speed(m.pair.was.Server.CPU, s.CPU), m.pair.speed(m.pair.was.Server.Workers, s.Workers)
	}
	first := fmt.Sprintf(" %s  up %s  CPU %s of %d  memory %s  workers %s", show.Safe(s.Version), show.Seconds(s.Uptime), percent(cpu),
		s.CPUs, show.Size(float64(s.Memory)), percent(workers))
	second := fmt.Sprintf("streams %d  viewers %d  sessions %d  pipelines %d  in %sbit/s  out %sbit/s", s.Streams, s.Readers, s.Sessions,
		s.Pipelines, unit(total.in), unit(total.out))
	if s.Held > 0 {
		second += fmt.Sprintf("  files held back %d", s.Held)
	}
	return []string{m.look.title.Render("sluice") + first, second}
}

// unit is a rate before a unit: "2.5 M".
func unit(bits float64) string {
	text := rate(bits)
	if i := len(text) - 1; i > 0 && text[i] > '9' {
		return text[:i] + " " + text[i:]
	}
	return text + " "
}

// bar shows the tabs, and how the table is arranged.
func (m *Model) bar() string {
	var parts []string
	for t := range tabs {
		text := fmt.Sprintf(" %d %s ", t+1, t)
		if t == m.tab {
			text = m.look.chosen.Render("[" + strings.TrimSpace(text) + "]")
		}
		parts = append(parts, text)
	}
	t := m.tables[m.tab]
	way := "up"
	if t.backward {
		way = "down"
	}
	right := "sorted by " + m.tab.columns()[t.by].title + ", " + way
	if m.filter != "" {
		right += "  filter " + m.filter
	}
	return strings.Join(parts, " ") + "   " + m.look.quiet.Render(right)
}

// last is the line at the bottom: a question, what went wrong, or the keys.
func (m *Model) last() string {
	switch {
	case m.mode == asking:
		return m.look.bad.Render(fmt.Sprintf("end the %s %s? y/n", strings.TrimSuffix(m.tab.String(), "s"), show.Safe(m.tables[m.tab].chosen)))
	case m.mode == filtering:
		return "/" + m.filter + "_"
	case m.trouble != nil:
		return m.look.bad.Render(show.Safe(m.trouble.Error()))
	case m.notice != "":
		return show.Safe(m.notice)
	case m.pair.is == nil:
		return "asking the server…"
	}
	return m.look.quiet.Render("enter explain  x end  / filter  s sort  r reverse  tab next  ? help  q quit")
}

// paged shows the page over the table.
func (m *Model) paged() []string {
	all := m.lines()
	rest := all[min(m.page.first, len(all)):]
	out := append([]string{}, rest[:min(len(rest), m.paper())]...)
	if m.page.first == 0 {
		out[0] = m.look.title.Render(out[0])
	}
	for len(out) < m.height-1 {
		out = append(out, "")
	}
	more := ""
	if len(rest) > m.paper() {
		more = fmt.Sprintf("%d more lines below  ", len(rest)-m.paper())
	}
	return append(out, m.look.quiet.Render(more+"up, down scroll  q back"))
}

// lines is the page's text, broken to the width of the terminal.
func (m *Model) lines() []string {
	var out []string
	for _, line := range strings.Split(strings.TrimRight(m.page.text, "\n"), "\n") {
		out = append(out, strings.Split(ansi.Wrap(show.Safe(line), m.width, ""), "\n")...)
	}
	return out
}
