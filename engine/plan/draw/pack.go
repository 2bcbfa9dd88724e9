package draw

import (
	"strings"
	"unicode/utf8"
)

// packer fills lines with units, which it breaks only if one is wider than a line.
type packer struct {
	lines []string
	fresh bool
}

// next begins a new line.
func (p *packer) next() { p.fresh = true }

func (p *packer) unit(words []string) {
	const indent = "  "
	for _, text := range p.pieces(words) {
		last := len(p.lines) - 1
		if !p.fresh && last >= 0 && utf8.RuneCountInString(p.lines[last]+"  "+text) <= columns-2 {
			p.lines[last] += "  " + text
			continue
		}
		p.lines, p.fresh = append(p.lines, indent+text), false
	}
}

// pieces joins words, as many as a line has room for.
func (p *packer) pieces(words []string) []string {
	out := []string{words[0]}
	for _, w := range words[1:] {
		last := len(out) - 1
		if utf8.RuneCountInString(out[last]+" "+w) > columns-8 {
			out = append(out, "  "+w)
			continue
		}
		out[last] += " " + w
	}
	return out
}

// text is what follows the command's name.
func (p *packer) text() string {
	var b strings.Builder
	for _, line := range p.lines {
		b.WriteString(" \\\n" + line)
	}
	return b.String()
}
