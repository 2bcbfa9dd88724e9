package draw

import (
	"strings"
	"unicode/utf8"
)

// columns is the width that text is wrapped at.
const columns = 100

// tone is how a word looks in colour: a Select Graphic Rendition parameter (ECMA-48 8.3.117), or nothing.
type tone string

const (
	plain   tone = ""
	strong  tone = "1"
	faint   tone = "2"
	goTone  tone = "34" // blue, as in the pictures
	gstTone tone = "33" // what terminals have for orange
	crosses tone = "31"
)

// word is a piece of text that is not broken.
type word struct {
	text string
	tone tone
	tied bool // no space before it
}

// ink collects lines.
type ink struct {
	b      strings.Builder
	colour bool
}

func (k *ink) write(w word) int {
	text := printable(w.text)
	if k.colour && w.tone != plain && text != "" {
		k.b.WriteString("\x1b[" + string(w.tone) + "m" + text + "\x1b[0m")
	} else {
		k.b.WriteString(text)
	}
	return utf8.RuneCountInString(text)
}

// text is all that was written, without spaces at the ends of lines.
func (k *ink) text() string {
	lines := strings.Split(k.b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func (k *ink) blank() { k.b.WriteByte('\n') }

// line writes words from a column on, and further lines, if they do not fit, from another.
func (k *ink) line(at, next int, words ...word) {
	k.b.WriteString(strings.Repeat(" ", at))
	k.rest(at, next, words)
}

// rest does what line does where a line has been begun already.
func (k *ink) rest(at, next int, words []word) {
	first := true
	for i := 0; i < len(words); {
		n := 1 // words that stay together
		width := utf8.RuneCountInString(printable(words[i].text))
		for i+n < len(words) && words[i+n].tied {
			width += utf8.RuneCountInString(printable(words[i+n].text))
			n++
		}
		switch {
		case first:
		case at+1+width > columns:
			k.b.WriteString("\n" + strings.Repeat(" ", next))
			at = next
		default:
			k.b.WriteByte(' ')
			at++
		}
		for _, w := range words[i : i+n] {
			at += k.write(w)
		}
		first, i = false, i+n
	}
	k.blank()
}

// heading begins a section.
func (k *ink) heading(text string, more ...word) {
	k.blank()
	k.line(0, 4, append([]word{{text: text, tone: strong}}, more...)...)
}

// prose splits text into words.
func prose(text string, t tone) []word {
	var out []word
	for f := range strings.FieldsSeq(text) {
		out = append(out, word{text: f, tone: t})
	}
	return out
}
