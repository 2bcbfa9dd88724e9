package auth

import (
	"strings"
	"unicode"

	"sluice/engine/fault"
)

// maxPattern bounds how long a pattern may be, in bytes.
const maxPattern = 1024

// pattern matches names of streams, segment by segment. Of a name that is an address, "vod://kids/film.mp4", the first segment is the
// scheme with its colon, and the second is empty.
type pattern []string

// parsePattern reads a pattern. A leading "/" means nothing, since names have none.
func parsePattern(text string) (pattern, error) {
	trimmed := strings.TrimPrefix(text, "/")
	if len(text) > maxPattern || strings.ContainsFunc(text, unicode.IsControl) {
		return nil, fault.New(fault.InvalidParams, "", "the pattern %.40q is too long or has control characters", text)
	}
	segments := strings.Split(trimmed, "/")
	for i, s := range segments {
		if s == "" && (i != 1 || len(segments) < 3 || !strings.HasSuffix(segments[0], ":")) {
			return nil, fault.New(fault.InvalidParams, "", "the pattern %q has an empty segment", text).Advise(`"**" is everything`)
		}
		if strings.Contains(s, "**") && s != "**" {
			return nil, fault.New(fault.InvalidParams, "", `the pattern %q has "**" inside a segment`, text).
				Advise(`"**" stands alone between slashes; inside a segment write "*"`)
		}
	}
	return segments, nil
}

// match tells whether a name fits. "live/**" fits "live", too.
func (p pattern) match(name string) bool {
	return wild(p, strings.Split(name, "/"),
		func(s string) bool { return s == "**" },
		func(s, segment string) bool {
			return wild([]byte(s), []byte(segment), func(b byte) bool { return b == '*' }, func(a, b byte) bool { return a == b })
		})
}

// wild matches a sequence against a pattern whose stars fit any number of elements. To go back to the last star only, never to
// one before it, is enough, so that no pattern takes longer than the product of the lengths.
func wild[T any](pattern, of []T, star func(T) bool, same func(p, t T) bool) bool {
	p, t := 0, 0
	back, resume := -1, 0
	for t < len(of) {
		switch {
		case p < len(pattern) && star(pattern[p]):
			back, resume = p, t
			p++
		case p < len(pattern) && same(pattern[p], of[t]):
			p++
			t++
		case back >= 0:
			resume++
			p, t = back+1, resume
		default:
			return false
		}
	}
	for p < len(pattern) && star(pattern[p]) {
		p++
	}
	return p == len(pattern)
}
