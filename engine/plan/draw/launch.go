package draw

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"sluice/engine/plan"
)

// Launch prints a gst-launch-1.0 command for each pipeline, ready to be pasted into a POSIX shell: the elements with
// their properties, then the links. What gst-launch cannot do is in comments: what the appsrc and appsink elements are
// joined to, and the branches that come and go. Errors are the writer's.
func Launch(w io.Writer, p *plan.Plan) error {
	var b strings.Builder
	graph := printable(cmp.Or(p.Graph, "a graph without a name"))
	if len(p.Pipelines) == 0 {
		b.WriteString("# " + graph + ": no GStreamer, everything stays in Go\n")
	}
	for i := range p.Pipelines {
		if i > 0 {
			b.WriteByte('\n')
		}
		l := launcher{l: &p.Pipelines[i], names: newNames()}
		for _, bridge := range p.Bridges {
			if bridge.Pipeline == l.l.Name {
				l.bridges = append(l.bridges, bridge)
			}
		}
		l.prepare()
		b.WriteString("# " + graph + ", pipeline " + printable(l.l.Name) + ": " + conditions(l.l) + "\n")
		b.WriteString(l.remarks())
		if body := l.body(""); body != "" {
			b.WriteString("gst-launch-1.0" + body + "\n")
		} else {
			b.WriteString("# nothing is there before a branch is added\n")
		}
		for _, branch := range l.away {
			b.WriteString("#\n" + l.branch(branch))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// launcher prints one pipeline.
type launcher struct {
	l       *plan.Pipeline
	bridges []plan.Bridge
	names   *names
	away    []string                // branches that are not there from the start
	apart   map[string]string       // element → branch, of those that are not
	pads    map[*plan.Link]ends     // the pads that a link joins
	filters map[*plan.Link][]string // capsfilter elements that a link passes
}

// prepare decides which branches are left to comments, numbers pads that have properties, and names everything in the
// order of the plan.
func (l *launcher) prepare() {
	l.apart, l.pads, l.filters = map[string]string{}, map[*plan.Link]ends{}, map[*plan.Link][]string{}
	for _, b := range l.l.Branches {
		if b.Kind != plan.Apart && b.Name != "" {
			l.away = append(l.away, b.Name)
		}
	}
	for i := range l.l.Elements {
		e := &l.l.Elements[i]
		l.names.launch(e.Name)
		if slices.Contains(l.away, e.Branch) {
			l.apart[e.Name] = e.Branch
		}
	}
	l.numberPads()
	for i := range l.l.Links {
		m := &l.l.Links[i]
		for k, caps := range strings.Split(m.Caps, " ! ") {
			if k > 0 || caps != "" && !inlineCaps.MatchString(tight(caps)) {
				l.filters[m] = append(l.filters[m], caps)
			}
		}
	}
}

// numberPads gives pads the names that gst-launch needs. Pads with properties and pads that appear later are not found by
// the name of their template: sink_%u becomes sink_0, sink_1 and so on. Of stranger templates (tsdemux has
// video_%01x_%05x) nothing is kept, and gst-launch takes the first pad that fits.
func (l *launcher) numberPads() {
	named := map[string]bool{}
	for i := range l.l.Links {
		if len(l.l.Links[i].PadProps) > 0 {
			named[l.l.Links[i].To.Of] = true
		}
	}
	next := map[plan.Pad]int{}
	for i := range l.l.Links {
		m := &l.l.Links[i]
		e := ends{m.From.Name, m.To.Name}
		if m.Delayed {
			e.from = number(m.From, next)
		}
		if named[m.To.Of] {
			e.to = number(m.To, next)
		}
		l.pads[m] = e
	}
}

// ends are the names of the pads that a link joins.
type ends struct{ from, to string }

// number makes a pad's name of a template's.
func number(p plan.Pad, next map[plan.Pad]int) string {
	base, ok := strings.CutSuffix(p.Name, "%u")
	if strings.Contains(base, "%") {
		return ""
	}
	if !ok {
		return p.Name
	}
	k := next[p]
	next[p]++
	return base + decimal(k)
}

// remarks are the comments before the line.
func (l *launcher) remarks() string {
	var b strings.Builder
	for _, r := range l.bridges {
		b.WriteString("# " + l.bridge(r) + "\n")
	}
	for i := range l.l.Elements {
		if e := &l.l.Elements[i]; e.Drain {
			b.WriteString("# " + l.names.launch(e.Name) + ": what leaves pads that nobody links is dropped\n")
		}
	}
	for i := range l.l.Links {
		if m := &l.l.Links[i]; m.Optional {
			from := plan.Pad{Of: l.names.launch(m.From.Of), Name: m.From.Name}
			b.WriteString("# " + printable(place(from)) + " may never appear\n")
		}
	}
	return b.String()
}

func (l *launcher) bridge(r plan.Bridge) string {
	text := "appsrc " + l.names.launch(r.Name) + " is given "
	if r.Direction == plan.OutOfGst {
		text = "appsink " + l.names.launch(r.Name) + " hands on "
	}
	text += cmp.Or(medium(r.Format), "whatever comes")
	if r.Direction == plan.OutOfGst {
		text += " to "
	} else {
		text += " by "
	}
	return printable(text + "the Go node " + place(r.Node))
}

// branch prints a branch that comes later, as comments.
func (l *launcher) branch(name string) string {
	b := branchOf(l.l, name)
	text := "branch " + printable(name) + ", added while running: " + printable(terms(b)) + "\n"
	text += strings.TrimPrefix(l.body(name), " \\\n") + "\n"
	for i := range l.l.Links {
		if m := &l.l.Links[i]; m.EachOther && l.home(m) == name {
			p := &packer{}
			l.link(p, m)
			text += "and from each other " + printable(strings.Trim(b.Key, "{}")) + ":" + strings.ReplaceAll(p.text(), " \\\n", "") + "\n"
		}
	}
	return "# " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n# ") + "\n"
}

// body lists the elements and links of a branch, or of what is always there, on lines that end in a backslash.
func (l *launcher) body(branch string) string {
	p := &packer{}
	for i := range l.l.Elements {
		if e := &l.l.Elements[i]; l.apart[e.Name] == branch {
			p.unit(l.element(e))
		}
	}
	var links []*plan.Link
	for i := range l.l.Links {
		m := &l.l.Links[i]
		if branch != "" && m.EachOther {
			continue // branch says so in words
		}
		if l.home(m) == branch {
			links = append(links, m)
			for k := range l.filters[m] {
				p.unit([]string{"capsfilter", "name=" + l.filter(m, k), shell(assignment("caps", tight(l.filters[m][k])))})
			}
		}
	}
	for _, c := range chains(l.l.Elements, links) {
		p.next()
		for _, m := range c {
			l.link(p, m)
		}
	}
	return p.text()
}

// home is the branch that a link comes with.
func (l *launcher) home(m *plan.Link) string {
	home := cmp.Or(l.apart[m.To.Of], l.apart[m.From.Of])
	if home == "" && slices.Contains(l.away, m.Branch) {
		return m.Branch
	}
	return home
}

func (l *launcher) filter(m *plan.Link, k int) string {
	return l.names.launch(m.From.Of + "-to-" + m.To.Of + "-caps-" + decimal(k))
}

// element writes an element with its name, its properties, and those of its pads.
func (l *launcher) element(e *plan.Element) []string {
	out := []string{shell(tame(e.Factory)), "name=" + l.names.launch(e.Name)}
	for _, s := range e.Props {
		out = append(out, shell(assignment(s.Name, shown(s))))
	}
	for i := range l.l.Links {
		m := &l.l.Links[i]
		if m.To.Of != e.Name {
			continue
		}
		for _, s := range m.PadProps {
			out = append(out, shell(assignment(l.pads[m].to+"::"+s.Name, shown(s))))
		}
	}
	return out
}

// link writes a link, or several if it passes capsfilter elements.
func (l *launcher) link(p *packer, m *plan.Link) {
	from, to := l.names.launch(m.From.Of)+"."+l.pads[m].from, l.names.launch(m.To.Of)+"."+l.pads[m].to
	inline, _, _ := strings.Cut(m.Caps, " ! ")
	unit := []string{shell(tame(from)), "!"}
	if inline != "" && inlineCaps.MatchString(tight(inline)) {
		unit = append(unit, shell(tight(inline)), "!")
	}
	for k := range l.filters[m] {
		f := l.filter(m, k) + "."
		p.unit(append(unit, f))
		unit = []string{f, "!"}
	}
	p.unit(append(unit, shell(tame(to))))
}
