package draw

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"sluice/engine/plan"
)

// DOT prints the plan for Graphviz: blue for Go, orange for GStreamer, red for what crosses, grey for what the compiler
// put in, dashed for what is lazy, dotted for what may never appear. Errors are the writer's.
func DOT(w io.Writer, p *plan.Plan) error {
	var b strings.Builder
	d := dotter{b: &b, pic: depict(p)}
	name := cmp.Or(p.Graph, "a graph without a name")
	fmt.Fprintf(&b, "digraph %s {\n", dotQuote(name))
	fmt.Fprintf(&b, "  graph [rankdir=LR, bgcolor=white, fontname=\"sans-serif\", fontsize=11, nodesep=0.25, ranksep=0.45, "+
		"label=%s, labelloc=t, tooltip=%s];\n", dotQuote(name+"\n"+tally(p)), dotQuote(name))
	b.WriteString("  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\", fontsize=11, margin=\"0.12,0.06\"];\n")
	b.WriteString("  edge [fontname=\"sans-serif\", fontsize=9, arrowsize=0.6];\n")
	d.frame(-1, "  ")
	for _, a := range d.pic.arrows {
		d.arrow(a)
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

type dotter struct {
	b   *strings.Builder
	pic *picture
}

// frame prints what lies directly in a frame, and the frames in it.
func (d *dotter) frame(f int, indent string) {
	for _, box := range d.pic.boxes {
		if box.frame == f {
			d.box(box, indent)
		}
	}
	for k, inner := range d.pic.frames {
		if inner.parent != f {
			continue
		}
		fmt.Fprintf(d.b, "%ssubgraph %s {\n", indent, dotQuote(fmt.Sprintf("cluster_%d", k)))
		style, fill := "rounded,filled", "#fff7ed"
		if inner.branch {
			fill = "#ffedd5"
		}
		if inner.lazy || inner.keyed {
			style += ",dashed"
		}
		title := inner.title
		if inner.note != "" {
			title += "\n" + inner.note
		}
		left := strings.ReplaceAll(dotQuote(title+"\n"), `\n`, `\l`) // each line begins at the left
		fmt.Fprintf(d.b, "%s  graph [label=%s, tooltip=%s, style=%q, fillcolor=%q, color=\"#fb923c\", fontsize=10, labeljust=l];\n",
			indent, left, dotQuote(inner.title), style, fill)
		d.frame(k, indent+"  ")
		fmt.Fprintf(d.b, "%s}\n", indent)
	}
}

func (d *dotter) box(b box, indent string) {
	fill, line := "#dbeafe", "#2563eb"
	switch b.look {
	case lookGst:
		fill, line = "#fed7aa", "#ea580c"
	case lookBridge:
		fill, line = "#fee2e2", "#dc2626"
	case lookAdded:
		fill, line = "#e5e7eb", "#9ca3af"
	default: // Go, as above
	}
	label := strings.Join(append(nonEmpty(b.title, b.kind), b.lines...), "\n")
	extra := ""
	if b.lazy {
		extra += ", style=\"rounded,filled,dashed\""
	}
	if b.look == lookAdded || b.look == lookBridge {
		extra += ", fontsize=9, height=0.2, margin=\"0.06,0.03\""
	}
	fmt.Fprintf(d.b, "%s%s [label=%s, tooltip=%s, fillcolor=%q, color=%q%s];\n",
		indent, dotQuote(b.key), dotQuote(label), dotQuote(b.tip), fill, line, extra)
}

func (d *dotter) arrow(a arrow) {
	line, extra := map[look]string{lookGo: "#2563eb", lookBridge: "#dc2626", lookGst: "#64748b"}[a.look], ""
	switch {
	case a.optional:
		extra = ", style=dotted"
	case a.lazy:
		extra = ", style=dashed"
	}
	if a.look == lookBridge {
		extra += ", penwidth=1.6"
	}
	if a.label != "" {
		extra += fmt.Sprintf(", label=%s, fontcolor=%q", dotQuote(a.label), line)
	}
	fmt.Fprintf(d.b, "  %s -> %s [tooltip=%s, color=%q%s];\n",
		dotQuote(d.pic.boxes[a.from].key), dotQuote(d.pic.boxes[a.to].key), dotQuote(a.tip), line, extra)
}

func nonEmpty(list ...string) []string {
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// dotQuote writes a double-quoted string in which Graphviz finds no escapes of its own, such as \N for a node's name,
// and, as HTML entities are looked for in every label, no entities.
func dotQuote(text string) string {
	marks := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;")
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = marks.Replace(printable(lines[i]))
	}
	return `"` + strings.Join(lines, `\n`) + `"`
}
