package websocket

import (
	"regexp"
	"strings"

	"sluice/api/websocket/wire"
)

// veil hides what must not be logged of what clients say.
type veil struct {
	member *regexp.Regexp // of JSON, however often it was made a string, up to its value: its name and how the value is quoted
	ice    *regexp.Regexp // of SDP
}

func newVeil() veil {
	parts, whole := wire.Secrets()
	return veil{
		member: regexp.MustCompile(
			`(?i)(?:[\w-]*(?:` + strings.Join(parts, "|") + `)[\w-]*|` +
				`(?:\b|\\[nrt])(?:` + strings.Join(whole, "|") + `|(` + wire.AddressMember + `)))` +
				`\\*"?\s*[:=]\s*(\\*"?)(?:(?:bearer|basic|digest)\s+)?`),
		ice: regexp.MustCompile(`(a=ice-pwd:)([^\s\\"]+)`),
	}
}

// short is what of a word that clients choose is logged.
func short(s string) string { return strings.ToValidUTF8(s[:min(len(s), wire.MaxID)], "") }

// text is what of a text may be logged.
func (v veil) text(s string) string {
	s = strings.ToValidUTF8(s[:min(len(s), maxLine)], "")
	var out strings.Builder
	for at := v.member.FindStringSubmatchIndex(s); at != nil; at = v.member.FindStringSubmatchIndex(s) {
		const all, address, quote = 1, 2, 4 // where in at the end of all, the beginnings of the groups are
		value := s[at[all]:]
		value = value[:ends(value, s[at[quote]:at[quote+1]])]
		out.WriteString(s[:at[all]])
		s = s[at[all]+len(value):]
		switch {
		case at[address] >= 0:
			value = wire.Address(value)
		case value != "":
			value = "***"
		}
		out.WriteString(value)
	}
	out.WriteString(s)
	return v.ice.ReplaceAllString(out.String(), "$1***")
}

// ends is where a value ends that begins a text, behind the quotation mark that it begins with, if any. A mark within the value has more
// backslashes before it than that one. A value that has no end is all there is.
func ends(text, quote string) int {
	if !strings.HasSuffix(quote, `"`) {
		if end := strings.IndexAny(text, "\"\\&,;} \t\r\n"); end >= 0 {
			return end
		}
		return len(text)
	}
	slashes := 0
	for i := range len(text) {
		switch text[i] {
		case '\\':
			slashes++
			continue
		case '"':
			if slashes < len(quote) {
				return i - slashes
			}
		}
		slashes = 0
	}
	return len(text)
}
