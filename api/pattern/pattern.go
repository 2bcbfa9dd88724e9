// Package pattern reads how configurations name streams: "lobby", "live/*", "live/**". It knows no stream.
package pattern

import (
	"slices"
	"strings"

	"sluice/engine/fault"
)

// Pattern says which streams are meant, segment by segment: "*" in one stands for anything but a slash, and "**" at
// the end for all that follows.
type Pattern []string

// Parse reads a pattern. One that cannot be is fault.InvalidParams, at a place such as the key of the configuration that has it.
func Parse(place, text string) (Pattern, error) {
	const longest = 1024
	p := strings.Split(strings.TrimPrefix(text, "/"), "/")
	for i, s := range p {
		if s == "" || len(text) > longest || strings.Contains(s, "**") && (s != "**" || i+1 < len(p)) {
			return nil, fault.New(fault.InvalidParams, place, "%.80q is no pattern of streams", text).
				Advise(`write for example "live/*", or "live/**" for all below live`)
		}
	}
	return p, nil
}

// Match tells whether a stream is meant.
func (p Pattern) Match(stream string) bool {
	parts := strings.Split(stream, "/")
	for i, s := range p {
		if s == "**" {
			return len(parts) > i
		}
		if i >= len(parts) || !star(s, parts[i]) {
			return false
		}
	}
	return len(parts) == len(p)
}

// star matches a segment. What stands between two stars is looked for from the left, which finds it if anything does.
func star(s, text string) bool {
	parts := strings.Split(s, "*")
	if len(parts) == 1 {
		return s == text
	}
	rest, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return false
	}
	last := parts[len(parts)-1]
	for _, part := range parts[1 : len(parts)-1] {
		at := strings.Index(rest, part)
		if at < 0 {
			return false
		}
		rest = rest[at+len(part):]
	}
	return strings.HasSuffix(rest, last)
}

// Any tells whether one of several means a stream.
func Any(list []Pattern, stream string) bool {
	return slices.ContainsFunc(list, func(p Pattern) bool { return p.Match(stream) })
}

// ParseAll reads several.
func ParseAll(place string, texts []string) ([]Pattern, error) {
	list := make([]Pattern, len(texts))
	for i, text := range texts {
		var err error
		if list[i], err = Parse(place, text); err != nil {
			return nil, err
		}
	}
	return list, nil
}
