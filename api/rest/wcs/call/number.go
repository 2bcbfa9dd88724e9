package call

import (
	"encoding/json"
	"math"
	"strconv"
)

// Number is a member that is a number from least to most, also as text; it is 0 and false if it is not there.
func (o Object) Number(name string, least, most float64) (n float64, given bool) {
	var text string
	switch v := o.members[name].(type) {
	case nil:
		return 0, false
	case json.Number:
		text = v.String()
	case string:
		if v == "" { // as forms of pages send what nobody filled in
			return 0, false
		}
		text = v
	default:
		o.Wrong(name, "it is %s, not a number", kind(v))
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	switch {
	case math.IsInf(n, 0) || err == nil && (n < least || n > most):
		o.Wrong(name, "%.40s is not between %s and %s", text, plain(least), plain(most))
	case err != nil || math.IsNaN(n):
		o.Wrong(name, "%.40q is not a number", text)
	default:
		return n, true
	}
	return 0, false
}

// Whole is Number for one without a fraction; 25.0 has none.
func (o Object) Whole(name string, least, most int) (n int, given bool) {
	f, given := o.Number(name, float64(least), float64(most))
	if f != math.Trunc(f) {
		o.Wrong(name, "%s is not a whole number", plain(f))
		return 0, false
	}
	return int(f), given
}

func plain(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
