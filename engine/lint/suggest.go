package lint

import (
	"fmt"
	"strings"

	"sluice/engine/spec"
)

// maxCompared bounds the words compared for suggestions in one run. A file with ten thousand mistakes is not a file whose
// writer mistyped a letter or two.
const maxCompared = 400_000

// nearest is spec.Nearest until enough has been compared.
func (c *check) nearest(word string, among []string) (string, bool) {
	if c.compared += len(among); c.compared > maxCompared {
		return "", false
	}
	return spec.Nearest(word, among)
}

// near gives the hint "did you mean", or else the one that is written.
func (c *check) near(word string, among []string, otherwise string, args ...any) string {
	if found, ok := c.nearest(word, among); ok {
		return fmt.Sprintf("did you mean %q?", found)
	}
	return fmt.Sprintf(otherwise, args...)
}

// suggest finds a name near another one: one that differs in dots, dashes, underscores or case only ("rtmp_in"), else one
// that is spelt nearly so, else the longest that the word begins with ("x264encoder"). Earlier lists win.
func (c *check) suggest(word string, lists ...[]string) (string, bool) {
	if c.compared > maxCompared {
		return "", false
	}
	plain := strings.NewReplacer(".", "", "-", "", "_", "")
	bare := strings.ToLower(plain.Replace(word))
	for _, list := range lists {
		for _, name := range list {
			if strings.ToLower(plain.Replace(name)) == bare {
				return name, true
			}
		}
	}
	for _, list := range lists {
		if found, ok := c.nearest(word, list); ok {
			return found, true
		}
	}
	longest := ""
	for _, list := range lists {
		for _, name := range list {
			if len(name) > max(3, len(longest)) && strings.HasPrefix(strings.ToLower(word), name) {
				longest = name
			}
		}
	}
	return longest, longest != ""
}
