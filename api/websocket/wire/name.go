package wire

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"sluice/engine/fault"
)

// MaxID is how long a mediaSessionId and other names that clients choose may be, in bytes.
const MaxID = 128

// hidden finds control characters, and those that turn the direction of writing or join invisibly (Unicode Cf).
func hidden(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }

// CheckID refuses ids that clients choose, such as that of a room, if they are empty, long or cannot be seen:
// fault.InvalidRequest. What says what it is the id of.
func CheckID(what, id string) error {
	switch {
	case id == "":
		return fault.New(fault.InvalidRequest, "", "%s is missing", what)
	case len(id) > MaxID:
		return fault.New(fault.InvalidRequest, "", "%s of %d bytes is too long", what, len(id)).Advise("at most %d", MaxID)
	case !utf8.ValidString(id) || strings.ContainsFunc(id, hidden):
		return fault.New(fault.InvalidRequest, "", "%s %q has a character that cannot be seen", what, id)
	}
	return nil
}
