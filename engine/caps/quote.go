package caps

import "fmt"

// isWord says whether c may stand in an unquoted value, type or field name (GST_ASCII_IS_STRING).
func isWord(c byte) bool {
	switch c {
	case '_', '-', '+', '/', ':', '.':
		return true
	}
	return isAlpha(c) || isDigit(c)
}

// quote writes a string as GStreamer does: bare if it is a plain word, otherwise in quotes with a backslash before
// each sign that is no word sign, and other bytes in octal. An empty string, and NULL, which GStreamer reads as no
// string at all, are quoted too.
func quote(s string) string {
	bare := s != "" && s != "NULL"
	for i := 0; bare && i < len(s); i++ {
		bare = isWord(s[i])
	}
	if bare {
		return s
	}
	out := make([]byte, 0, len(s)+8)
	out = append(out, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case isWord(c):
			out = append(out, c)
		case c >= 0x20 && c < 0x7f:
			out = append(out, '\\', c)
		default:
			out = fmt.Appendf(out, "\\%03o", c)
		}
	}
	return string(append(out, '"'))
}

// unquote is the other way round, for what stood between the quotes. A backslash before three octal digits, the
// first below 4, is a byte; before anything else it is dropped.
func unquote(s string) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			out = append(out, s[i])
			continue
		}
		i++
		if i+2 < len(s) && s[i] >= '0' && s[i] <= '3' && isOctal(s[i+1]) && isOctal(s[i+2]) {
			out = append(out, (s[i]-'0')<<6|(s[i+1]-'0')<<3|(s[i+2]-'0'))
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	return string(out)
}

func isOctal(c byte) bool { return c >= '0' && c <= '7' }
