package websocket

import (
	"regexp"
	"strings"

	"sluice/api/websocket/wire"
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

// short is what of a word that clients choose is logged.
func short(s string) string { return strings.ToValidUTF8(s[:min(len(s), wire.MaxID)], "") }

// text is what of a text may be logged.
func (v veil) text(s string) string {
	s = strings.ToValidUTF8(s[:min(len(s), maxLine)], "")
	return v.ice.ReplaceAllString(v.member.ReplaceAllString(s, "$1***"), "$1***")
}
