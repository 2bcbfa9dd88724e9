package draw

import (
	"fmt"
	"html"
	"strings"

	"sluice/engine/plan/draw/layout"
)

// drawFrame draws a frame with its title. A keyed branch looks like a stack: there may be many of it.
func drawFrame(f frame, r layout.Rect) string {
	class := "pipeline"
	if f.branch {
		class = "branch"
	}
	if f.lazy {
		class += " lazy"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<g class=%q>\n", class)
	if f.keyed {
		b.WriteString(rounded(layout.Rect{X: r.X + 5, Y: r.Y + 5, W: r.W, H: r.H}, 10))
	}
	b.WriteString(rounded(r, 10))
	b.WriteString(text(r.X+12, r.Y+17, kindSize, "strong", frameTitle(f)))
	if f.note != "" {
		b.WriteString(text(r.X+12, r.Y+31, smallSize, "faint", frameNote(f)))
	}
	b.WriteString("</g>\n")
	return b.String()
}

func rounded(r layout.Rect, radius int) string {
	return fmt.Sprintf("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"%d\"/>\n", r.X, r.Y, r.W, r.H, radius)
}

// drawBox draws a box with its name, what it is, and its key settings.
func drawBox(x box, r layout.Rect) string {
	class := string(x.look)
	if x.lazy {
		class += " lazy"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<g class=%q><title>%s</title>\n", class, escapeLines(x.tip))
	if small(x) {
		b.WriteString(rounded(r, 5))
		b.WriteString(centred(r, caption(x)))
		b.WriteString("</g>\n")
		return b.String()
	}
	b.WriteString(rounded(r, 8))
	// Boxes that many edges end at are higher than their text, which stays in the middle.
	y := r.Y + (r.H-extent(x).H)/2 + padding + nameSize - 2
	b.WriteString(text(r.X+padding, y, nameSize, "strong", boxTitle(x)))
	if x.kind != "" {
		y += kindSize + 4
		b.WriteString(text(r.X+padding, y, kindSize, "faint", boxKind(x)))
	}
	y += 4
	for _, line := range x.lines {
		y += lineSize + 3
		b.WriteString(text(r.X+padding, y, lineSize, "", line))
	}
	b.WriteString("</g>\n")
	return b.String()
}

// drawArrow draws an arrow and its label. One from a box to itself is a loop above the box.
func drawArrow(a arrow, r layout.Route, from layout.Rect) string {
	class := map[look]string{lookGo: "flow", lookBridge: "crossing", lookGst: "link"}[a.look]
	switch {
	case a.optional:
		class += " optional"
	case a.lazy:
		class += " lazy"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<g class=%q><title>%s</title>\n", class, escapeLines(a.tip))
	if len(r.Points) == 0 {
		x := from.X + from.W
		fmt.Fprintf(&b, "<path d=\"M%d %dC%d %d %d %d %d %d\"/>\n", x-24, from.Y, x-22, from.Y-12, x-8, from.Y-12, x-6, from.Y)
	} else {
		b.WriteString("<path d=\"" + curve(r) + "\"/>\n")
		b.WriteString(head(r))
	}
	if r.Label != (layout.Rect{}) {
		b.WriteString(strings.Replace(rounded(r.Label, r.Label.H/2), "<rect", "<rect class=\"label\"", 1))
		b.WriteString(centred(r.Label, arrowLabel(a)))
	}
	b.WriteString("</g>\n")
	return b.String()
}

// headLength is the length of an arrow's head.
const headLength = 7

// curve is the path of a route: level lines, joined by curves that begin and end level.
func curve(r layout.Route) string {
	var b strings.Builder
	last := len(r.Points) - 1
	for i, p := range r.Points {
		if i == last {
			p.X -= headLength - 1
			if r.Back {
				p.X += 2 * (headLength - 1)
			}
		}
		if i == 0 {
			fmt.Fprintf(&b, "M%d %d", p.X, p.Y)
			continue
		}
		q := r.Points[i-1]
		if q.Y == p.Y {
			fmt.Fprintf(&b, "H%d", p.X)
			continue
		}
		middle := (q.X + p.X) / 2
		fmt.Fprintf(&b, "C%d %d %d %d %d %d", middle, q.Y, middle, p.Y, p.X, p.Y)
	}
	return b.String()
}

// head is an arrow's head: markers would need identifiers, of which a page may hold only one each.
func head(r layout.Route) string {
	p := r.Points[len(r.Points)-1]
	back := p.X - headLength
	if r.Back {
		back = p.X + headLength
	}
	return fmt.Sprintf("<polygon points=\"%d,%d %d,%d %d,%d\"/>\n", p.X, p.Y, back, p.Y-4, back, p.Y+4)
}

func text(x, y, size int, class, content string) string {
	if class != "" {
		class = " class=\"" + class + "\""
	}
	return fmt.Sprintf("<text x=\"%d\" y=\"%d\" font-size=\"%d\"%s>%s</text>\n", x, y, size, class, escape(content))
}

// centred writes small text in the middle of a rectangle.
func centred(r layout.Rect, content string) string {
	return fmt.Sprintf("<text x=\"%d\" y=\"%d\" font-size=\"%d\" text-anchor=\"middle\">%s</text>\n",
		r.X+r.W/2, r.Y+r.H/2+smallSize/2-1, smallSize, escape(content))
}

// escape makes text fit for XML, in which control characters may not even be escaped (XML 1.0, 2.2).
func escape(content string) string { return html.EscapeString(printable(content)) }

func escapeLines(content string) string {
	lines := strings.Split(content, "\n")
	for i := range lines {
		lines[i] = escape(lines[i])
	}
	return strings.Join(lines, "\n")
}

func attribute(content string) string { return `"` + escape(content) + `"` }
