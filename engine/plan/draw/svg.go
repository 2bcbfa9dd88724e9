package draw

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"sluice/engine/plan"
	"sluice/engine/plan/draw/layout"
)

// SVG draws the plan as a picture that needs nothing else: no script, no font, no style sheet from elsewhere. It has a
// background of its own, light or dark as the viewer prefers, a title and a description for those who cannot see it,
// and says what each box and arrow is when it is pointed at. Errors are the writer's.
func SVG(w io.Writer, p *plan.Plan) error {
	s := &sketch{pic: depict(p), name: cmp.Or(printable(p.Graph), "a graph without a name"), tally: tally(p)}
	s.drawing = layout.Lay(s.graph())
	s.b.WriteString(s.document())
	_, err := io.WriteString(w, s.b.String())
	return err
}

// The sizes of type, in pixels, and of what surrounds the drawing.
const (
	titleSize = 16
	nameSize  = 13
	kindSize  = 11
	lineSize  = 10
	smallSize = 10
	header    = 52 // height of graph name and tally
	padding   = 10 // between a box and its text
)

type sketch struct {
	b       strings.Builder
	pic     *picture
	name    string
	tally   string
	drawing layout.Drawing
}

// graph gives the layout the sizes of everything.
func (s *sketch) graph() layout.Graph {
	var g layout.Graph
	for _, f := range s.pic.frames {
		title := measure(frameTitle(f), kindSize, true)
		h := 16
		if f.note != "" {
			title, h = max(title, measure(frameNote(f), smallSize, false)), 30
		}
		g.Frames = append(g.Frames, layout.Frame{Parent: f.parent, Title: layout.Size{W: title, H: h}})
	}
	for _, b := range s.pic.boxes {
		g.Boxes = append(g.Boxes, layout.Box{Size: extent(b), Frame: b.frame})
	}
	for _, a := range s.pic.arrows {
		e := layout.Edge{From: a.from, To: a.to, Weight: 1}
		if a.look == lookGst {
			e.Weight = 3 // chains of elements stay straight rather than what leads to them
		}
		if a.label != "" {
			e.Label = layout.Size{W: measure(arrowLabel(a), smallSize, false) + 12, H: 16}
		}
		g.Edges = append(g.Edges, e)
	}
	return g
}

// What is written is clipped alike where it is measured and where it is drawn.
func frameTitle(f frame) string { return clip(printable(f.title), 48) }
func frameNote(f frame) string  { return clip(printable(f.note), 60) }
func arrowLabel(a arrow) string { return clip(printable(a.label), 24) }
func boxTitle(b box) string     { return clip(printable(b.title), 32) }
func boxKind(b box) string      { return clip(printable(b.kind), 32) }

// extent is the size of a box.
func extent(b box) layout.Size {
	if small(b) {
		return layout.Size{W: measure(caption(b), smallSize, false) + 12, H: 20}
	}
	w := max(measure(boxTitle(b), nameSize, true), measure(boxKind(b), kindSize, false))
	for _, l := range b.lines {
		w = max(w, measure(l, lineSize, false))
	}
	h := 2*padding + nameSize
	if b.kind != "" {
		h += kindSize + 4
	}
	if len(b.lines) > 0 {
		h += 4 + (lineSize+3)*len(b.lines)
	}
	return layout.Size{W: max(w, 34) + 2*padding, H: h}
}

func small(b box) bool { return b.look == lookAdded || b.look == lookBridge }

// caption is the one line of a small box.
func caption(b box) string {
	if b.kind == "" {
		return boxTitle(b)
	}
	return boxTitle(b) + " " + boxKind(b)
}

// document writes the whole file.
func (s *sketch) document() string {
	width := max(s.drawing.W, measure(s.name, titleSize, true)+40, measure(s.tally, kindSize, false)+40, 420)
	body := s.body()
	legend, below := s.legend(width, header+s.drawing.H)
	height := below + 12
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" class="sluice-plan" width="%d" height="%d" viewBox="0 0 %d %d" role="img" `+
		"aria-label=%s>\n<title>%s</title>\n<desc>%s</desc>\n<style>\n%s</style>\n",
		width, height, width, height, attribute("Plan of "+s.name+": "+s.tally), escape("Plan of "+s.name), escape(s.describe()), style) +
		fmt.Sprintf("<rect class=\"paper\" width=\"%d\" height=\"%d\"/>\n", width, height) +
		text(20, 26, titleSize, "strong", s.name) + text(20, 44, kindSize, "faint", s.tally) +
		fmt.Sprintf("<g transform=\"translate(0 %d)\">\n%s</g>\n%s</svg>\n", header, body, legend)
}

// describe says in words what the picture shows.
func (s *sketch) describe() string {
	var b strings.Builder
	b.WriteString(s.tally + ".")
	for _, f := range s.pic.frames {
		b.WriteString(" " + frameTitle(f))
		if f.note != "" {
			b.WriteString(" (" + frameNote(f) + ")")
		}
		b.WriteString(".")
	}
	for _, a := range s.pic.arrows {
		if from, to := &s.pic.boxes[a.from], &s.pic.boxes[a.to]; a.look != lookGst {
			b.WriteString(" " + boxTitle(*from) + " to " + boxTitle(*to))
			if a.label != "" {
				b.WriteString(", " + arrowLabel(a))
			}
			b.WriteString(".")
		}
	}
	return b.String()
}

// body draws frames, arrows and boxes, in this order, so that boxes lie on top.
func (s *sketch) body() string {
	var b strings.Builder
	for i, f := range s.pic.frames {
		if r := s.drawing.Frames[i]; r != (layout.Rect{}) {
			b.WriteString(drawFrame(f, r))
		}
	}
	for i, a := range s.pic.arrows {
		b.WriteString(drawArrow(a, s.drawing.Edges[i], s.drawing.Boxes[a.from]))
	}
	for i, x := range s.pic.boxes {
		b.WriteString(drawBox(x, s.drawing.Boxes[i]))
	}
	return b.String()
}
