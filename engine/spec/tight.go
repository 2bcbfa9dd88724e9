package spec

import "strings"

// tight writes caps without the blanks around ",", "=" and ";", which mean nothing there. What is in quotes, in round brackets
// or behind a backslash it leaves as it is.
func tight(caps string) string {
	loose := looseIn(caps)
	separates := func(i int) bool { return i >= 0 && i < len(caps) && loose[i] && strings.IndexByte(",=;", caps[i]) >= 0 }
	var b strings.Builder
	for i := 0; i < len(caps); {
		end := i
		for end < len(caps) && loose[end] && isBlank(caps[end]) {
			end++
		}
		switch {
		case end == i:
			b.WriteByte(caps[i])
			end++
		case !separates(i-1) && !separates(end):
			b.WriteString(caps[i:end])
		}
		i = end
	}
	return b.String()
}

// looseIn marks the bytes of caps that are neither in quotes or round brackets nor behind a backslash.
func looseIn(caps string) []bool {
	loose := make([]bool, len(caps))
	depth, quote := 0, false
	for i := 0; i < len(caps); i++ {
		switch c := caps[i]; {
		case c == '\\':
			i++ // the next byte is not what it looks like
		case c == '"':
			quote = !quote
		case quote:
		case c == '(':
			depth++
		case c == ')':
			depth = max(0, depth-1)
		default:
			loose[i] = depth == 0
		}
	}
	return loose
}
