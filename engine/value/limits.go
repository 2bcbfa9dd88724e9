package value

import (
	"cmp"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The limits of patterns. RE2 matches in time proportional to text times pattern, so both are bounded.
const (
	maxPattern     = 1 << 10 // bytes, as written
	maxSteps       = 5_000   // of the program, once repetitions are written out
	maxPatternText = 4 << 10 // bytes of text to match
)

// check holds a value of c's type against c's limits. shown is the value as messages repeat it.
func (c Constraint) check(v any, shown exhibit) error {
	if !sound(v) {
		return refuse("%s is not a possible %s", shown, c.Type).Advise("write for example %s", c.example())
	}
	if c.Type.Ordered() {
		return c.checkRange(v)
	}
	if len(c.Of) == 0 && c.Pattern == "" {
		return nil
	}
	if list, ok := v.([]any); ok {
		for i, item := range list {
			if err := c.checkText(Text(item), c.show(Text(item))); err != nil {
				return inside(err, strconv.Itoa(i), "item "+strconv.Itoa(i+1))
			}
		}
		return nil
	}
	text, _ := Revealed(v)
	return c.checkText(text, shown)
}

// checkRange holds a value against Min and Max.
func (c Constraint) checkRange(v any) error {
	switch {
	case c.Min != nil && below(v, c.Min):
		return refuse("%s is below the least allowed, %s", Text(v), Text(c.Min)).Advise("%s", c.choices())
	case c.Max != nil && below(c.Max, v):
		return refuse("%s is above the most allowed, %s", Text(v), Text(c.Max)).Advise("%s", c.choices())
	}
	return nil
}

// choices says what the range leaves to choose from.
func (c Constraint) choices() string {
	switch {
	case c.Max == nil:
		return "choose " + Text(c.Min) + " or more"
	case c.Min == nil:
		return "choose " + Text(c.Max) + " or less"
	}
	return "choose " + Text(c.Min) + " to " + Text(c.Max)
}

// below tells whether a is less than b. A size is less than another if either side is shorter, so that both sides of
// a size are kept within both of its limits. Values of two Go types do not compare.
func below(a, b any) bool {
	switch a := a.(type) {
	case int64:
		return less(a, b)
	case float64:
		return less(a, b)
	case time.Duration:
		return less(a, b)
	case Bits:
		return less(a, b)
	case Octets:
		return less(a, b)
	case Ratio:
		b, ok := b.(Ratio)
		return ok && a.Num*b.Den < b.Num*a.Den
	case Dimensions:
		b, ok := b.(Dimensions)
		return ok && (a.Width < b.Width || a.Height < b.Height)
	}
	return false
}

func less[T cmp.Ordered](a T, b any) bool {
	c, ok := b.(T)
	return ok && a < c
}

// checkText holds text against Of and Pattern.
func (c Constraint) checkText(text string, shown exhibit) error {
	if len(c.Of) > 0 && !slices.Contains(c.Of, text) {
		return refuse("%s is not one of %s", shown, listed(c.Of))
	}
	if c.Pattern == "" {
		return nil
	}
	if len(text) > maxPatternText {
		return refuse("%s is %d bytes long; a text with a pattern has at most %d", shown, len(text), maxPatternText)
	}
	re, err := compile(c.Pattern)
	if err != nil {
		return err
	}
	// The longest match at the leftmost place is the whole text if the whole text matches at all. Wrapping the pattern
	// in anchors instead would change what some patterns mean, "\Qa" for one.
	re.Longest()
	if loc := re.FindStringIndex(text); loc == nil || loc[1]-loc[0] != len(text) {
		return refuse("%s does not match the pattern %s", shown, c.Pattern)
	}
	return nil
}

// compile reads a pattern within its limits.
func compile(pattern string) (*regexp.Regexp, error) {
	if len(pattern) > maxPattern {
		return nil, refuse("the pattern is %d bytes long, above the most allowed, %d", len(pattern), maxPattern)
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, refuse("the pattern %q is not a regular expression", pattern).Because(err).Advise("the syntax is RE2's")
	}
	if steps(tree) > maxSteps {
		return nil, refuse("the pattern %q repeats too much", pattern).Advise("use smaller counts in braces")
	}
	return regexp.Compile(pattern)
}

// steps estimates the instructions of a pattern's program, which writes counted repetitions out. Compiling to find out
// would take the very time that the limit is to save.
func steps(tree *syntax.Regexp) int {
	sum := 1
	if tree.Op == syntax.OpLiteral {
		sum = len(tree.Rune)
	}
	for _, sub := range tree.Sub {
		sum += steps(sub)
	}
	if tree.Op == syntax.OpRepeat {
		sum *= max(1, tree.Min, tree.Max)
	}
	return min(sum, maxSteps+1)
}

// listed names words for a message, not all if there are many.
func listed(words []string) string {
	const most = 20
	if len(words) > most {
		return strings.Join(words[:most], ", ") + ", …"
	}
	return strings.Join(words, ", ")
}
