package websocket

import (
	"regexp"
	"strings"
)

// veil hides what must not be logged of what clients say.
type veil struct {
	member *regexp.Regexp // of JSON, however often it was made a string
	ice    *regexp.Regexp // of SDP
}

func newVeil() veil {
	return veil{
		member: regexp.MustCompile(
			`(?i)([\w-]*(?:password|passwd|token|secret|credential|authorization)\w*\\*"?\s*[:=]\s*\\*"?)([^"\\&,;\s}]+)`),
		ice: regexp.MustCompile(`(a=ice-pwd:)([^\s\\"]+)`),
	}
}

// text is what of a text may be logged.
func (v veil) text(s string) string {
	s = strings.ToValidUTF8(s[:min(len(s), maxLine)], "")
	return v.ice.ReplaceAllString(v.member.ReplaceAllString(s, "$1***"), "$1***")
}
