package draw

import (
	"cmp"
	"fmt"
	"io"
	"strconv"

	"sluice/engine/plan"
)

// Text prints what a person wants to know of a plan, in lines of 100 columns unless a name is longer. With colour it
// uses a terminal's: blue for Go, yellow for GStreamer, red for what crosses. Errors are the writer's.
func Text(w io.Writer, p *plan.Plan, colour bool) error {
	k := &ink{colour: colour}
	k.summary(p)
	k.remarks("assumed", p.Assumed)
	k.remarks("notes", p.Notes)
	k.remarks("left out", omissions(p))
	k.nodes(p)
	for i := range p.Pipelines {
		k.pipeline(&p.Pipelines[i], p.Bridges)
	}
	k.bridges(p.Bridges)
	k.flows(p.Flows)
	k.policy(&p.Policy)
	k.signs(p)
	_, err := io.WriteString(w, k.text())
	return err
}

// omissions says what comes and cannot be used.
func omissions(p *plan.Plan) []string {
	var out []string
	for _, o := range p.Omitted {
		out = append(out, o.From+": "+string(o.Kind)+", for "+o.Why)
	}
	return out
}

func (k *ink) summary(p *plan.Plan) {
	title := []word{{text: cmp.Or(p.Graph, "a graph without a name"), tone: strong}}
	if p.Hash != "" {
		title = append(title, word{text: "plan", tone: faint}, word{text: p.Hash, tone: faint})
	}
	k.line(0, 4, title...)
	k.line(0, 4, prose(tally(p), plain)...)
}

// tally counts what a plan is made of.
func tally(p *plan.Plan) string {
	c := p.Counts()
	text := fmt.Sprintf("%s, %s, %s, %s, %s", plural(c.Nodes, "node"), plural(c.Pipelines, "pipeline"), plural(c.Bridges, "bridge"),
		plural(c.Encoders, "encoder"), plural(c.Decoders, "decoder"))
	if c.Pipelines == 0 {
		return text + ": everything stays in Go"
	}
	return text
}

func (k *ink) remarks(heading string, list []string) {
	if len(list) == 0 {
		return
	}
	k.heading(heading)
	for _, text := range list {
		k.line(2, 4, append([]word{{text: "-", tone: faint}}, prose(text, plain)...)...)
	}
}

func (k *ink) bridges(list []plan.Bridge) {
	if len(list) == 0 {
		return
	}
	k.heading("bridges")
	rows := make([]row, 0, len(list))
	for _, b := range list {
		node, elem := word{text: place(b.Node), tone: goTone}, word{text: b.Name, tone: gstTone}
		if b.Direction == plan.OutOfGst {
			node, elem = elem, node
		}
		rows = append(rows, row{
			cells: []word{node, {text: "=>", tone: crosses}, elem},
			tail:  marks(medium(b.Format), b.Branch, b.Optional, b.Fallback, b.Format.BFrames),
		})
	}
	k.table(nil, rows)
}

func (k *ink) flows(list []plan.Flow) {
	if len(list) == 0 {
		return
	}
	k.heading("flows", word{text: "(within Go)", tone: faint})
	rows := make([]row, 0, len(list))
	for _, f := range list {
		rows = append(rows, row{
			cells: []word{{text: place(f.From), tone: goTone}, {text: "->"}, {text: place(f.To), tone: goTone}},
			tail:  marks(medium(f.Format), f.Branch, f.Optional, f.Fallback, f.Format.BFrames),
		})
	}
	k.table(nil, rows)
}

// marks lists what is special about a link.
func marks(what, branch string, optional, fallback, reordered bool) []word {
	out := prose(what, plain)
	for _, m := range []struct {
		is   bool
		text string
	}{
		{reordered, "with B-frames"}, {optional, "may be missing"}, {fallback, "while the main source is silent"},
		{branch != "", "in " + branch},
	} {
		if m.is {
			if len(out) > 0 {
				out = append(out, word{text: ",", tied: true})
			}
			out = append(out, prose(m.text, faint)...)
		}
	}
	return out
}

// signs explains what the chains are written with, as far as it occurs.
func (k *ink) signs(p *plan.Plan) {
	has := map[string]bool{"=>": len(p.Bridges) > 0}
	for _, l := range p.Pipelines {
		for i := range l.Elements {
			has["(…)"] = has["(…)"] || inserted(&l.Elements[i])
		}
		for _, m := range l.Links {
			has["~>"] = has["~>"] || m.Delayed
			has["?"] = has["?"] || m.Optional
			has["->>"] = has["->>"] || m.EachOther
		}
	}
	var words []word
	for _, s := range [][2]string{
		{"(…)", "put in by the compiler"}, {"=>", "between Go and GStreamer"}, {"~>", "when the pad appears"}, {"?", "may be missing"},
		{"->>", "to all other keys"},
	} {
		if has[s[0]] {
			if len(words) > 0 {
				words = append(words, word{text: ";", tone: faint, tied: true})
			}
			words = append(words, prose(s[0]+" "+s[1], faint)...)
		}
	}
	if len(words) > 0 {
		k.blank()
		k.line(0, 0, words...)
	}
}

// policy prints what differs from the defaults, and what the compiler worked out.
func (k *ink) policy(p *plan.Policy) {
	usual := plan.DefaultPolicy()
	k.heading("policy")
	var rows []row
	add := func(name, text string) {
		rows = append(rows, row{cells: []word{{text: name}}, tail: prose(text, plain)})
	}
	spans := []struct {
		name        string
		have, usual plan.Span
	}{
		{"start", p.Start, usual.Start}, {"stall", p.Stall, usual.Stall}, {"drain", p.Drain, usual.Drain},
		{"latency", p.Latency, usual.Latency},
	}
	for _, s := range spans {
		if s.have != s.usual {
			add(s.name, s.have.String())
		}
	}
	if p.Restart != usual.Restart && p.Restart.When != "" {
		add("restart", restart(p.Restart))
	}
	switch {
	case p.Never:
		add("end", "never by itself")
	case len(p.End) > 0:
		add("end", "when "+list(p.End)+" ends")
	}
	if p.Reload != usual.Reload && p.Reload != "" {
		add("reload", p.Reload)
	}
	add("cost", strconv.FormatFloat(p.Cost, 'g', -1, 64)+" CPU")
	add("worker", cmp.Or(p.Worker, "none"))
	k.table(nil, rows)
}

// list joins names with commas and an "or".
func list(names []string) string {
	text := ""
	for i, n := range names {
		switch {
		case i == 0:
		case i == len(names)-1:
			text += " or "
		default:
			text += ", "
		}
		text += n
	}
	return text
}

func restart(r plan.Restart) string {
	text := r.When
	if r.When == "never" {
		return text
	}
	text += ", after " + r.Least.String()
	if r.Most != r.Least {
		text += " to " + r.Most.String()
	}
	if r.Tries == 0 {
		return text + ", giving up never"
	}
	return text + ", giving up after " + strconv.Itoa(r.Tries) + " in " + r.Window.String()
}
