package message

import "strings"

// Token tells whether a text is a token of RFC 3261 25.1.
func Token(s string) bool {
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-.!%*_+`'~", c) >= 0 {
			continue
		}
		return false
	}
	return s != ""
}

// Escape makes a text fit for within quotes, and for one line. Control characters are left out: a quoted-pair may stand for some of them
// (RFC 3261 25.1), but not for the ends of lines, and nobody needs them.
func Escape(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r < ' ' || r == 0x7f:
			continue
		case r == '"' || r == '\\':
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Unescape undoes the escapes of what stood within quotes.
func Unescape(text string) string {
	var b strings.Builder
	escaped := false
	for _, r := range text {
		if r == '\\' && !escaped {
			escaped = true
			continue
		}
		escaped = false
		b.WriteRune(r)
	}
	return b.String()
}
