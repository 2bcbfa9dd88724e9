package value

import (
	"encoding/json"
	"math"
	"time"
)

// Accept checks a value that already has a Go type, from a reference or from JSON, and converts it where the meaning is
// clear:
//
//   - text and json.Number (a number as it was written) as Parse would read them, a json.Number for text types too;
//   - an int to a float, a whole float to an int; a plain number to a bitrate, bytes or fraction;
//   - a bitrate, amount of bytes or duration to the number that c.Unit counts, rounded to the nearest;
//   - a size or fraction to a string.
//
// Everything else is an error that names both types. A Hidden stays one: Accept returns it for secrets and for every
// type that is text, after checking the text inside. Lists and maps are copied. Errors are as for Parse.
func (c Constraint) Accept(v any) (any, error) { return c.accept(v, newBudget()) }

func (c Constraint) accept(v any, left *budget) (any, error) {
	switch v := v.(type) {
	case string:
		return c.parse(v, c.show(v), left)
	case json.Number:
		return c.written(v, left)
	case Hidden:
		return c.hidden(v, left)
	}
	shown := c.showValue(v)
	got, err := c.convert(v, shown, left)
	if err != nil {
		return nil, err
	}
	if err := c.check(got, shown); err != nil {
		return nil, err
	}
	return got, nil
}

// written takes a number as its writer wrote it.
func (c Constraint) written(n json.Number, left *budget) (any, error) {
	shown := c.showValue(n)
	if c.Type == List || c.Type == Map || c.Type == Bool {
		return nil, c.wanted(shown, nounOf(n))
	}
	if f, err := parseFloat(string(n)); err == nil && c.Type == Int && natural(n) == Float {
		return c.accept(f, left)
	}
	return c.parse(string(n), shown, left)
}

// hidden lets a secret stand in for text.
func (c Constraint) hidden(h Hidden, left *budget) (any, error) {
	if !c.Type.textual() {
		return nil, refuse("is a secret, which cannot be used as %s", c.Type.noun()).Advise("declare the parameter as %s", c.Type)
	}
	if _, err := c.parse(string(h), exhibit{manner: unshown}, left); err != nil {
		return nil, err
	}
	return h, nil
}

// convert is accept without the limits, for values that are not text.
func (c Constraint) convert(v any, shown exhibit, left *budget) (any, error) {
	switch i := v.(type) {
	case nil:
		return nil, refuse("has no value; %s is wanted", c.Type.noun()).Advise("write for example %s", c.example())
	case int:
		v = int64(i)
	}
	own := natural(v)
	switch c.Type {
	case Int, Float:
		return c.number(v, shown)
	case List:
		return c.list(v, shown, left)
	case Map:
		if m, ok := v.(map[string]any); ok {
			return c.entries(m, left)
		}
	case Duration, Bitrate, Bytes, Fraction:
		if own == Int || own == Float {
			return c.readScanned(Text(v), shown)
		}
	case String:
		if own == Size || own == Fraction {
			return Text(v), nil
		}
	default: // only its own Go type
	}
	if own != c.Type {
		return nil, c.wanted(shown, nounOf(v))
	}
	return v, nil
}

// number makes an Int or a Float.
func (c Constraint) number(v any, shown exhibit) (any, error) {
	switch v := v.(type) {
	case int64:
		if c.Type == Float {
			return float64(v), nil
		}
		return v, nil
	case float64:
		if c.Type == Float {
			return v, nil
		}
		return c.whole(v, shown)
	case time.Duration, Bits, Octets:
		return c.count(v, shown)
	}
	return nil, c.wanted(shown, nounOf(v))
}

// whole makes an Int of a float that has no fraction.
func (c Constraint) whole(f float64, shown exhibit) (any, error) {
	switch {
	case f != math.Trunc(f): // also NaN
		return nil, refuse("%s is not a whole number", shown).Advise("write for example %s", c.example())
	case f < math.MinInt64 || f >= math.MaxInt64: // MaxInt64 as a float is 2^63, one too many
		return nil, refuse("%s is beyond what an int can hold", shown).Advise("write for example %s", c.example())
	}
	return int64(f), nil
}

// list makes a List.
func (c Constraint) list(v any, shown exhibit, left *budget) (any, error) {
	switch v := v.(type) {
	case []any:
		return c.items(v, left)
	case []string:
		list := make([]any, len(v))
		for i, text := range v {
			list[i] = text
		}
		return c.items(list, left)
	}
	return nil, c.wanted(shown, nounOf(v))
}

// sound tells whether a value is one that Parse could have made; Go code can make others.
func sound(v any) bool {
	switch v := v.(type) {
	case float64:
		return !math.IsNaN(v) && !math.IsInf(v, 0)
	case Bits:
		return v >= 0
	case Octets:
		return v >= 0
	case Dimensions:
		return v.valid()
	case Ratio:
		return v.valid()
	}
	return true
}
