package hub

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"sluice/engine/fault"
)

// MaxName is how long a stream's name may be, in bytes: a whole address may be one.
const MaxName = 2048

// CheckName refuses names of streams that would mean other things elsewhere, in paths, files and logs: fault.InvalidRequest.
func CheckName(name string) error {
	switch {
	case name == "":
		return fault.New(fault.InvalidRequest, "", "a stream needs a name")
	case len(name) > MaxName:
		return fault.New(fault.InvalidRequest, "", "a stream's name of %d bytes is too long", len(name)).Advise("at most %d", MaxName)
	case !utf8.ValidString(name):
		return fault.New(fault.InvalidRequest, "", "the stream's name %q is not UTF-8", name)
	case strings.ContainsFunc(name, hidden):
		return fault.New(fault.InvalidRequest, "", "the stream's name %q has a character that cannot be seen", name)
	}
	return checkSegments(name)
}

// checkSegments looks at the parts between slashes, as the path of an event has them. Those of an address are its server's
// business, but for steps upwards.
func checkSegments(name string) error {
	scheme, _, address := strings.Cut(name, "://")
	for i, segment := range strings.FieldsFunc(name, slash) {
		if dots := strings.Trim(segment, "."); dots == "" && len(segment) <= 2 {
			return fault.New(fault.InvalidRequest, "", "the stream's name %q has a segment %q", name, segment)
		}
		if i == 0 && address && scheme == "" {
			return fault.New(fault.InvalidRequest, "", "the address %q has no scheme", name)
		}
	}
	if address {
		return nil
	}
	if strings.HasPrefix(name, "/") || strings.HasSuffix(name, "/") || strings.Contains(name, "//") {
		return fault.New(fault.InvalidRequest, "", "the stream's name %q has an empty segment", name)
	}
	if strings.Contains(name, `\`) {
		return fault.New(fault.InvalidRequest, "", "the stream's name %q has a backslash", name)
	}
	return nil
}

func slash(r rune) bool { return r == '/' || r == '\\' }

// hidden finds control characters, and those that turn the direction of writing or join invisibly (Unicode Cf).
func hidden(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }
