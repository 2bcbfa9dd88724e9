package draw

import (
	"strconv"
	"strings"

	"sluice/engine/plan"
)

// pipeline prints a pipeline's chains: first what is always there, then branch by branch.
func (k *ink) pipeline(l *plan.Pipeline, bridges []plan.Bridge) {
	k.heading("pipeline "+l.Name+":", prose(conditions(l), plain)...)
	v := view{l: l, elements: map[string]*plan.Element{}, degree: map[string]int{}, ends: map[string]plan.Bridge{}}
	for i := range l.Elements {
		v.elements[l.Elements[i].Name] = &l.Elements[i]
	}
	for _, b := range bridges {
		if b.Pipeline == l.Name {
			v.ends[b.Name] = b
		}
	}
	groups, order := v.groups()
	k.chains(&v, groups[""], 2)
	for _, name := range order {
		b := branchOf(l, name)
		k.line(2, 6, append([]word{{text: "branch"}, {text: name, tone: strong}}, prose(terms(b), faint)...)...)
		k.chains(&v, groups[name], 4)
	}
	k.lonely(&v)
}

// conditions sums up a pipeline in a line.
func conditions(l *plan.Pipeline) string {
	words := []string{plural(len(l.Elements), "element"), plural(l.Encoders, "encoder"), plural(l.Decoders, "decoder")}
	if l.Chain {
		words = append(words, "chain: no threads")
	}
	if l.Offline {
		words = append(words, "offline: as fast as it can")
	}
	if l.Lazy {
		words = append(words, "lazy, "+lingering(l.Linger))
	}
	return strings.Join(words, ", ")
}

// view is a pipeline with what is asked of it often.
type view struct {
	l        *plan.Pipeline
	elements map[string]*plan.Element
	degree   map[string]int // links at an element
	ends     map[string]plan.Bridge
}

// groups sorts links by branch; order has the branches' names as the plan lists them, then those it does not know.
func (v *view) groups() (groups map[string][]*plan.Link, order []string) {
	groups = map[string][]*plan.Link{}
	for _, b := range v.l.Branches {
		if _, ok := groups[b.Name]; !ok && b.Name != "" {
			groups[b.Name], order = nil, append(order, b.Name)
		}
	}
	for i := range v.l.Links {
		m := &v.l.Links[i]
		if _, ok := groups[m.Branch]; !ok && m.Branch != "" {
			order = append(order, m.Branch)
		}
		groups[m.Branch] = append(groups[m.Branch], m)
		v.degree[m.From.Of]++
		v.degree[m.To.Of]++
	}
	return groups, order
}

func (k *ink) chains(v *view, links []*plan.Link, indent int) {
	for _, c := range chains(v.l.Elements, links) {
		k.line(indent, indent+4, v.words(c)...)
	}
}

// lonely prints the elements that nothing is linked to.
func (k *ink) lonely(v *view) {
	for i := range v.l.Elements {
		if e := &v.l.Elements[i]; v.degree[e.Name] == 0 {
			k.line(2, 6, v.element(e.Name, "")...)
		}
	}
}

// words writes a chain as a graph would, with what the compiler put in between.
func (v *view) words(c chain) []word {
	var out []word
	first := c[0]
	if b, ok := v.ends[first.From.Of]; ok && b.Direction == plan.IntoGst {
		out = append(out, word{text: place(b.Node), tone: goTone}, word{text: "=>", tone: crosses})
	}
	out = append(out, v.element(first.From.Of, first.From.Name)...)
	if first.Optional {
		out = append(out, word{text: "?", tied: true})
	}
	for _, l := range c {
		out = append(out, word{text: joint(l), tone: faint})
		if l.Caps != "" {
			out = append(out, word{text: "[" + strings.ReplaceAll(l.Caps, " ! ", "] -> [") + "]", tone: faint}, word{text: "->", tone: faint})
		}
		out = append(out, v.element(l.To.Of, l.To.Name)...)
		if len(l.PadProps) > 0 {
			var props []string
			for _, s := range l.PadProps {
				props = append(props, s.Name+"="+shown(s))
			}
			out = append(out, word{text: "{" + strings.Join(props, " ") + "}", tone: faint, tied: true})
		}
	}
	last := c[len(c)-1].To.Of
	if b, ok := v.ends[last]; ok && b.Direction == plan.OutOfGst {
		out = append(out, word{text: "=>", tone: crosses}, word{text: place(b.Node), tone: goTone})
	}
	return out
}

func joint(l *plan.Link) string {
	switch {
	case l.EachOther:
		return "->>"
	case l.Delayed:
		return "~>"
	}
	return "->"
}

// element names an element: a node by its name, a part with its factory as well; in parentheses what the compiler put
// in, with its own name only if another chain may begin or end there.
func (v *view) element(name, pad string) []word {
	if pad != "" {
		pad = "." + pad
	}
	e := v.elements[name]
	switch {
	case e == nil || e.Role == plan.RoleNode:
		return []word{{text: name + pad, tone: gstTone}}
	case e.Role == plan.RolePart:
		return []word{{text: name + pad, tone: gstTone}, {text: ":" + e.Factory, tied: true}}
	}
	text := e.Factory
	if v.degree[name] > 2 || e.Role == plan.RoleTee {
		text += " " + name
	}
	if pad != "" {
		text += " " + strconv.Quote(pad[1:])
	}
	if b := brief(e); len(b) > 0 {
		text += " " + strings.Join(b, ", ")
	}
	return []word{{text: "(" + text + ")", tone: faint}}
}
