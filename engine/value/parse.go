package value

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// MaxText is the longest text a value is read from, in bytes.
const MaxText = 64 << 10

// Parse reads text as a value of c's type and checks it against c's limits. The value has the Go type named beside
// c.Type's constant. The error is a *fault.Fault with the code invalid_params; it never repeats a secret.
func (c Constraint) Parse(text string) (any, error) {
	return c.parse(text, c.show(text), newBudget())
}

// parse is Parse for text that messages show as shown.
func (c Constraint) parse(text string, shown exhibit, left *budget) (any, error) {
	if err := legible(text, shown); err != nil {
		return nil, err
	}
	v, err := c.read(text, shown, left)
	if err != nil {
		return nil, err
	}
	if err := c.check(v, shown); err != nil {
		return nil, err
	}
	return v, nil
}

// legible refuses text that no type can use: too long, or not to be handed to C.
func legible(text string, shown exhibit) error {
	switch {
	case len(text) > MaxText:
		return refuse("%s is %d bytes long, above the most allowed, %d", shown, len(text), MaxText)
	case !utf8.ValidString(text):
		return refuse("%s is not valid UTF-8", shown)
	case strings.IndexByte(text, 0) >= 0:
		return refuse("%s holds a NUL byte, which would end it early", shown)
	}
	return nil
}

// read is parse without the limits.
func (c Constraint) read(text string, shown exhibit, left *budget) (any, error) {
	switch c.Type {
	case String, Enum, Caps, Structure:
		return text, nil
	case Secret:
		return Hidden(text), nil
	case URI, File, Codec:
		return c.readWord(text, shown)
	case List:
		return c.readList(text, shown, left)
	case Map:
		return c.readMap(text, shown, left)
	default:
		return c.readScanned(text, shown)
	}
}

// readScanned reads the types with a notation of their own; a number with a unit may be written as the quantity it counts.
func (c Constraint) readScanned(text string, shown exhibit) (any, error) {
	v, err := scan(c.Type, text)
	if err == nil {
		return v, nil
	}
	if q, unitErr := scan(c.Unit.counts(), text); unitErr == nil {
		return c.count(q, shown)
	}
	return nil, c.misread(text, shown, err)
}

// readWord reads text types with rules about their characters.
func (c Constraint) readWord(text string, shown exhibit) (any, error) {
	switch {
	case c.Type == URI:
		u, err := url.Parse(text)
		if err != nil || u.Scheme == "" || len(text) == len(u.Scheme)+1 || strings.ContainsAny(text, " \t\r\n") {
			return nil, refuse("%s is not an address with a scheme", shown).Advise("write for example %s", c.example())
		}
	case text == "":
		return nil, refuse("%s is empty; %s is wanted", shown, c.Type.noun()).Advise("write for example %s", c.example())
	case c.Type == Codec && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789.-_") != "":
		return nil, refuse("%s is not the short name of a codec", shown).Advise("write it in lower case, for example %s", c.example())
	}
	return text, nil
}
