package value

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// scan reads the types with a notation of their own, without limits. The error is strconv.ErrSyntax,
// strconv.ErrRange, errNotWhole or errOctal, perhaps wrapped; any other type is a syntax error.
func scan(t Type, text string) (any, error) {
	switch t {
	case Int:
		return parseInt(text)
	case Float:
		return parseFloat(text)
	case Bool:
		return parseBool(text)
	case Duration:
		return parseDuration(text)
	case Bitrate:
		n, err := parseScaled(text)
		return Bits(n), err
	case Bytes:
		n, err := parseScaled(text)
		return Octets(n), err
	case Size:
		return parseSize(text)
	case Fraction:
		return parseRatio(text)
	default:
		return nil, strconv.ErrSyntax
	}
}

// parseBool reads true and false, and none of YAML 1.1's other words for them.
func parseBool(text string) (bool, error) {
	if text != "true" && text != "false" {
		return false, strconv.ErrSyntax
	}
	return text == "true", nil
}

// parseDuration is time.ParseDuration with an error that tells too much from malformed.
func parseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err == nil {
		return d, nil
	}
	if _, err := time.ParseDuration(oneDigit(text)); err == nil {
		return 0, strconv.ErrRange
	}
	return 0, strconv.ErrSyntax
}

// oneDigit shortens every number in text to a single 1.
func oneDigit(text string) string {
	var b strings.Builder
	inside := false
	for _, r := range text {
		digit := '0' <= r && r <= '9'
		switch {
		case !digit:
			b.WriteRune(r)
		case !inside:
			b.WriteByte('1')
		}
		inside = digit
	}
	return b.String()
}

// misread explains why text is not of c's type, by what it looks like instead.
func (c Constraint) misread(text string, shown exhibit, cause error) error {
	what := resembles(text)
	switch {
	case errors.Is(cause, strconv.ErrRange):
		return refuse("%s is beyond what %s can hold", shown, c.Type.noun()).Advise("write for example %s", c.example())
	case errors.Is(cause, errOctal):
		return refuse("%s begins with a zero, which some take for octal", shown).Advise("leave the zero out, or write 0o")
	case errors.Is(cause, errNotWhole):
		return refuse("%s is not a whole number of %s", shown, map[Type]string{Bitrate: "bits", Bytes: "bytes"}[c.Type]).
			Advise("write for example %s", c.example())
	case c.Type == Duration && (what == Int || what == Float):
		return refuse("%s has no unit; a duration is wanted", shown).Advise("write %ss or %sms", cutText(text), cutText(text))
	case c.Type == Fraction && what == Float:
		return refuse("%s is not exact; a fraction is wanted", shown).Advise("write for example 30000/1001 or 30")
	case !c.Type.known():
		return refuse("%s cannot be read: there is no type %q", shown, string(c.Type))
	case what == "":
		return refuse("%s is not %s", shown, c.Type.noun()).Advise("write for example %s", c.example())
	}
	return c.wanted(shown, what.noun())
}

// resembles gives the first type whose notation text has, "" if it is just text.
func resembles(text string) Type {
	for _, t := range []Type{Bool, Int, Float, Duration, Bitrate, Size, Fraction} {
		if _, err := scan(t, text); err == nil {
			return t
		}
	}
	return ""
}
