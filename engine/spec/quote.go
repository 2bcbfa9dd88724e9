package spec

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// quote writes a text so that every YAML tool reads it as text: plain where that is safe, else in double quotes, or in
// single quotes where that saves backslashes. inBrackets says that it stands inside { } or [ ].
func quote(text string, inBrackets bool) string {
	switch {
	case plainSafe(text, inBrackets) && isText(text):
		return text
	case strings.ContainsAny(text, `"\`) && !strings.ContainsRune(text, '\'') && oneLine(text):
		return "'" + text + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range text {
		b.WriteString(escape(c))
	}
	b.WriteByte('"')
	return b.String()
}

// quoteKey writes a key. One that was not quoted and looks like a number stays as it is.
func quoteKey(k *yaml.Node, inBrackets bool) string {
	if scalarKind(k) != String {
		return k.Value
	}
	return quote(k.Value, inBrackets)
}

// isText tells whether a plain text is read as text by us, by YAML 1.1 (octal numbers, dates, on and off) and by YAML 1.2.
func isText(s string) bool {
	if plainKind(s) != String || booleanWord(s) || s == "<<" {
		return false
	}
	n := yaml.Node{Kind: yaml.ScalarNode, Value: s}
	return n.ShortTag() == "!!str"
}

// plainSafe tells whether a text needs no quotes for its characters.
func plainSafe(s string, inBrackets bool) bool {
	if s == "" || strings.TrimSpace(s) != s || !oneLine(s) {
		return false
	}
	if strings.HasPrefix(s, "---") || strings.HasPrefix(s, "...") || strings.ContainsRune(",[]{}#&*!|>'\"%@`:?", rune(s[0])) {
		return false
	}
	if s == "-" || strings.HasPrefix(s, "- ") || strings.Contains(s, ": ") || strings.HasSuffix(s, ":") || strings.Contains(s, " #") {
		return false
	}
	return !inBrackets || !strings.ContainsAny(s, ",[]{}?")
}

// oneLine tells whether a text can stand in quotes without an escape.
func oneLine(s string) bool {
	for _, c := range s {
		if c == '\n' || c == '\t' || !printable(c) {
			return false
		}
	}
	return true
}

func escape(c rune) string {
	switch {
	case c == '"' || c == '\\':
		return `\` + string(c)
	case c == '\n':
		return `\n`
	case c == '\t':
		return `\t`
	case c == '\r':
		return `\r`
	case printable(c):
		return string(c)
	case c <= 0xFF:
		return fmt.Sprintf(`\x%02X`, c)
	case c <= 0xFFFF:
		return fmt.Sprintf(`\u%04X`, c)
	}
	return fmt.Sprintf(`\U%08X`, c)
}

// blockText gives the header and lines of a text of several lines as a literal block scalar, if it can be one: one without
// blanks at the start of its first line or on empty lines, where YAML's rules become unclear.
func blockText(s string) (header string, lines []string, ok bool) {
	header = "|-"
	if body, ok := strings.CutSuffix(s, "\n"); ok {
		header, s = "|", body
	}
	lines = strings.Split(s, "\n")
	if lines[0] == "" || isBlank(lines[0][0]) || lines[len(lines)-1] == "" {
		return "", nil, false
	}
	for _, l := range lines {
		if l != "" && strings.TrimSpace(l) == "" || !oneLine(strings.ReplaceAll(l, "\t", "")) {
			return "", nil, false
		}
	}
	return header, lines, true
}
