package layout

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// measure is a length: a part of the whole, and pixels.
type measure struct{ num, den, pixels int64 }

// of gives the length in a whole of some pixels, even.
func (m measure) of(whole int64) int64 {
	n := m.pixels
	if m.den > 0 {
		n += m.num * whole / m.den
	}
	return n &^ 1
}

// plus adds two lengths.
func (m measure) plus(n measure) measure {
	out := measure{pixels: m.pixels + n.pixels, num: m.num, den: m.den}
	switch {
	case m.den == 0:
		out.num, out.den = n.num, n.den
	case n.den > 0:
		out.num, out.den = m.num*n.den+n.num*m.den, m.den*n.den
	}
	return out
}

// beyond tells whether the parts alone are more than the whole.
func (m measure) beyond() bool { return m.den > 0 && m.num > m.den }

// Limits of what is written.
const (
	mostDen    = 10_000 // of a fraction; those of two edges are multiplied
	mostPixels = 8192
)

// readMeasure reads "320" (pixels), "25%", "12.5%", "0.25" and "1/3".
func readMeasure(text string) (measure, bool) {
	if over, under, is := strings.Cut(text, "/"); is {
		return ratio(over, under)
	}
	if percent, is := strings.CutSuffix(text, "%"); is {
		return decimal(percent, 100)
	}
	if strings.Contains(text, ".") {
		return decimal(text, 1)
	}
	n, ok := count(text, mostPixels)
	return measure{pixels: n}, ok
}

func ratio(over, under string) (measure, bool) {
	num, good := count(over, mostDen)
	den, fine := count(under, mostDen)
	return measure{num: num, den: den}, good && fine && den > 0 && num <= den
}

// decimal reads a number with a point, of a whole.
func decimal(text string, whole int64) (measure, bool) {
	before, after, _ := strings.Cut(text, ".")
	after = strings.TrimRight(after, "0")
	num, good := count(before+after, mostDen*100)
	den := whole
	for range after {
		den *= 10
		if den > mostDen {
			return measure{}, false
		}
	}
	return measure{num: num, den: den}, good && num <= den && before != ""
}

// count reads digits.
func count(text string, most int64) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n >= 0 && n <= most && !strings.ContainsAny(text, "+-")
}

// bound is a condition on the number of guests.
type bound struct {
	than string // "" always holds
	n    int
}

func (b bound) holds(guests int) bool {
	switch b.than {
	case "<":
		return guests < b.n
	case "<=":
		return guests <= b.n
	case "==":
		return guests == b.n
	case ">=":
		return guests >= b.n
	case ">":
		return guests > b.n
	}
	return true
}

// readBound reads "guests <= 4".
func readBound(text string) (bound, bool) {
	words := strings.Fields(text)
	if len(words) != 3 || words[0] != "guests" || !slices.Contains([]string{"<", "<=", "==", ">=", ">"}, words[1]) {
		return bound{}, false
	}
	n, ok := count(words[2], 1000)
	return bound{words[1], int(n)}, ok
}

// selector says whom a region wants.
type selector struct {
	speaker bool
	number  int    // in the guests' order, from 1; 0 is not by number
	pattern string // of a key; "*" is anybody
}

// pick is the number of the first guest without a seat whom the selector wants; -1 if there is none.
func (w selector) pick(s Scene, seated []bool) int {
	if w.speaker {
		if i := slices.Index(s.Guests, s.Large); i >= 0 && !seated[i] {
			return i
		}
		return slices.Index(seated, false) // nobody speaks, or it has its seat
	}
	for i, key := range s.Guests {
		if seated[i] || w.number > 0 && w.number != i+1 {
			continue
		}
		if is, _ := path.Match(w.pattern, key); is || w.number > 0 {
			return i
		}
	}
	return -1
}

// readSelector reads "speaker", "2" and "screen*".
func readSelector(text string) (selector, bool) {
	if text == "speaker" {
		return selector{speaker: true}, true
	}
	if n, ok := count(text, 1000); ok {
		return selector{number: int(n)}, n > 0
	}
	_, err := path.Match(text, "")
	return selector{pattern: text}, err == nil && text != "" && len(text) <= 64
}
