package spec

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// maxDepth bounds nesting. The deepest place of the language, a value inside a test's expectation, is at 7.
const maxDepth = 32

// guard refuses what no graph needs and what makes YAML dangerous or unclear: anchors, aliases, merge keys and tags. yaml.v3
// leaves aliases unexpanded, so a file that would grow when expanded costs nothing. It tells whether the document may be walked.
func (w *walker) guard(n *yaml.Node, depth int) bool {
	if depth > maxDepth {
		w.errorf(w.at(n), CodeTooDeep, "values are nested too deeply").Advise("no graph needs more than %d levels", maxDepth)
		return false
	}
	switch {
	case n.Kind == yaml.AliasNode:
		w.refuseAnchor(w.at(n), "alias")
		return true
	case n.Anchor != "":
		w.refuseAnchor(w.at(n), "anchor")
	case n.Style&yaml.TaggedStyle != 0 || w.bang(n):
		w.errorf(w.at(n), CodeTag, "a YAML tag is refused").Advise("every value's type comes from its parameter or property")
	}
	for _, c := range n.Content {
		if !w.guard(c, depth+1) {
			return false
		}
	}
	return true
}

func (w *walker) refuseAnchor(pos Pos, what string) {
	w.errorf(pos, CodeAnchor, "a YAML %s is refused", what).Advise("use a parameter, or a fragment for nodes that repeat")
}

// bang tells whether a value is written behind a lone "!", which yaml.v3 forgets. No other value begins so.
func (w *walker) bang(n *yaml.Node) bool {
	return w.bangs && n.Kind != yaml.DocumentNode && strings.HasPrefix(w.src.text[w.src.offset(n.Line, n.Column):], "!")
}
