package draw

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// shell quotes a word for a POSIX shell (IEEE 1003.1 2.2).
func shell(word string) string {
	if word != "" && !strings.ContainsFunc(word, special) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// special tells whether a character could mean something to a shell.
func special(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("_@%+=:,./-", r)
}

// assignment writes a property as gst-launch-1.0 reads it. That takes three steps to undo: gst_parse_launchv puts a
// backslash before spaces unless it believes to be within double quotes, the parser takes backslashes away, and a text
// that then begins with a quotation mark is unwrapped (GStreamer 1.22: gst/gstparse.c, gst/parse/grammar.y.in,
// gst_value_deserialize).
func assignment(name, text string) string {
	name, text = tame(name), strings.ToValidUTF8(text, "")
	if text == "" {
		return name + `=""`
	}
	if strings.HasPrefix(text, `"`) || strings.HasSuffix(text, `\`) || strings.ContainsFunc(text, unicode.IsControl) {
		text = wrapped(text) // a backslash at the end would take the space behind it for its own
	}
	var b strings.Builder
	believes := false
	for _, r := range text {
		switch {
		case r == '"':
			believes = true // a quote behind a backslash opens for gst_parse_launchv, and then closes no more
			b.WriteString(`\"`)
		case r == '\\' || r == '\'', r == ' ' && believes:
			b.WriteString(`\` + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return name + "=" + b.String()
}

// wrapped writes text as gst_string_unwrap reads it: in quotation marks, a backslash before what is neither letter nor
// digit, and octal numbers for what is not ASCII. Control characters so reach GStreamer but never a terminal.
func wrapped(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(text) {
		switch c := text[i]; {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9':
			b.WriteByte(c)
		case c >= ' ' && c <= '~':
			b.WriteString(`\` + string(rune(c)))
		default:
			fmt.Fprintf(&b, `\%03o`, c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// tame leaves out control characters and what is not text.
func tame(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
}

// names gives elements names that gst-launch can refer to: its references are letters, digits, "_" and "-"
// (GStreamer 1.22, gst/parse/parse.l; ":" and "%" are allowed too and mean something elsewhere).
type names struct {
	of    map[string]string
	taken map[string]bool
}

func newNames() *names { return &names{of: map[string]string{}, taken: map[string]bool{}} }

// launch returns the name for an element, the same each time.
func (n *names) launch(name string) string {
	if have, ok := n.of[name]; ok {
		return have
	}
	base := strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r == '_' || r == '-':
			return r
		case r == '{' || r == '}':
			return -1 // around the key of a branch
		}
		return '-'
	}, name), "-")
	if base == "" {
		base = "element"
	}
	out := base
	for i := 2; n.taken[out]; i++ {
		out = base + "-" + strconv.Itoa(i)
	}
	n.of[name], n.taken[out] = out, true
	return out
}

// inlineCaps are those that gst-launch takes between exclamation marks.
var inlineCaps = regexp.MustCompile(`^[A-Za-z0-9-]+/[A-Za-z0-9-]+(\([^!;]*\))?([,;][^!]*)?$`)

// tight leaves out the spaces of caps that are not within quotes: they mean nothing, and need quoting.
func tight(caps string) string {
	var b strings.Builder
	quoted := false
	for i, r := range caps {
		if r == '"' && (i == 0 || caps[i-1] != '\\') {
			quoted = !quoted
		}
		if quoted || !unicode.IsSpace(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}
