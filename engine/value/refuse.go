package value

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"sluice/engine/fault"
)

// shownLength is how many characters of a wrong value a message repeats.
const shownLength = 60

// refuse makes the error that Parse and Accept return. Messages begin with the value, or with the verb if the value is
// secret or too much to repeat, so that a caller can put the name of what it was meant for in front.
func refuse(format string, args ...any) *fault.Fault {
	return fault.New(fault.InvalidParams, "", "%s", strings.TrimPrefix(fmt.Sprintf(format, args...), " "))
}

// wanted refuses a value of the wrong type. what says what the value is.
func (c Constraint) wanted(shown exhibit, what string) error {
	return refuse("%s is %s; %s is wanted", shown, what, c.Type.noun()).Advise("write for example %s", c.example())
}

// exhibit is a wrong value as messages may repeat it: text in quotes, anything long cut, and no secrets. What it reads is
// only made when a message needs it.
type exhibit struct {
	text   string
	value  any // instead of text, if not nil
	manner manner
}

type manner uint8

const (
	inQuotes manner = iota
	asWritten
	asAddress // in quotes, without its password
	unshown
)

// String is what a message says.
func (e exhibit) String() string {
	switch e.manner {
	case unshown:
		return ""
	case asAddress:
		return quoted(redacted(e.text))
	case asWritten:
		if e.value != nil {
			return cutText(Text(e.value))
		}
		return cutText(e.text)
	default:
		return quoted(e.text)
	}
}

// show exhibits text meant for c.
func (c Constraint) show(text string) exhibit {
	switch {
	case c.secret():
		return exhibit{manner: unshown}
	case c.Type == URI:
		return exhibit{text: text, manner: asAddress}
	}
	return exhibit{text: text}
}

// showValue exhibits a value meant for c that is not text.
func (c Constraint) showValue(v any) exhibit {
	switch natural(v) {
	case "", List, Map, Secret:
		return exhibit{manner: unshown}
	default:
		if c.secret() {
			return exhibit{manner: unshown}
		}
		return exhibit{value: v, manner: asWritten}
	}
}

// secret tells whether values of the type are secrets or hold some.
func (c Constraint) secret() bool {
	return c.Type == Secret || c.Item != nil && c.Item.secret()
}

// redacted hides a password in an address, even in one that cannot be parsed.
func redacted(text string) string {
	at := strings.LastIndexByte(text, '@')
	if at < 0 {
		return text
	}
	if u, err := url.Parse(text); err == nil && u.User != nil {
		return u.Redacted()
	}
	scheme, _, found := strings.Cut(text[:at], "://")
	if !found {
		return stars + text[at:]
	}
	return scheme + "://" + stars + text[at:]
}

// quoted puts quotes around text and cuts it where it gets long.
func quoted(text string) string {
	if len(text) <= shownLength {
		return strconv.Quote(text)
	}
	cut := shownLength
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return strconv.Quote(text[:cut]) + "…"
}

// cutText is quoted's cut without the quotes, for values that are not text.
func cutText(text string) string {
	if len(text) <= shownLength {
		return text
	}
	return strings.ToValidUTF8(text[:shownLength], "") + "…"
}

// inside says at which item or key of a list or map an error is: in its message for people, in its place as the next
// step of a JSON pointer for programs.
func inside(err error, step, name string) error {
	f := *asFault(err)
	f.Place = "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(step) + f.Place
	f.Msg = name + " " + f.Msg
	return &f
}
