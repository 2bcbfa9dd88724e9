package spec

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxDepth bounds nesting. The deepest place of the language, a value inside a test's expectation, is at 7.
const maxDepth = 32

// guard refuses what no graph needs and what makes YAML dangerous or unclear: anchors, aliases, merge keys and tags. yaml.v3
// leaves aliases unexpanded, so a file that would grow when expanded costs nothing. It tells whether the document may be walked;
// what it met of anchors refuseAnchors reports.
func (w *walker) guard(n *yaml.Node, depth int) bool {
	if depth > maxDepth {
		w.errorf(w.at(n), CodeTooDeep, "values are nested too deeply").Advise("no graph needs more than %d levels", maxDepth)
		return false
	}
	switch {
	case n.Kind == yaml.AliasNode:
		w.meetAnchor(w.at(n), "alias")
		return true
	case n.Anchor != "":
		w.meetAnchor(w.at(n), "anchor")
	case n.Style&yaml.TaggedStyle != 0 || w.bang(n):
		w.errorf(w.at(n), CodeTag, "a YAML tag is refused").Advise("every value's type comes from its parameter or property")
	}
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && mergeKey(c) {
			w.meetAnchor(w.at(c), "merge key")
		}
		if !w.guard(c, depth+1) {
			return false
		}
	}
	return true
}

// mergeKey tells whether a key is YAML 1.1's "<<".
func mergeKey(k *yaml.Node) bool { return k.Kind == yaml.ScalarNode && k.Style == 0 && k.Value == "<<" }

// anchors are what a file has of anchors, aliases and merge keys. Where there is one there are many, and the first says it
// all.
type anchors struct {
	count int
	first Pos
	what  string // "anchor", "alias" or "merge key"
}

func (w *walker) meetAnchor(pos Pos, what string) {
	if w.anchors.count++; w.anchors.count == 1 || pos.Before(w.anchors.first) {
		w.anchors.first, w.anchors.what = pos, what
	}
}

// refuseAnchors reports the anchors of the file in one error.
func (w *walker) refuseAnchors() {
	a := w.anchors
	if a.count == 0 {
		return
	}
	more := ""
	if a.count > 1 {
		more = fmt.Sprintf(", and %d more", a.count-1)
	}
	w.errorf(a.first, CodeAnchor, "a YAML %s is refused%s", a.what, more).
		Advise("use a parameter, or a fragment for nodes that repeat")
}

// bang tells whether a value is written behind a lone "!", which yaml.v3 forgets. No other value begins so.
func (w *walker) bang(n *yaml.Node) bool {
	return w.bangs && n.Kind != yaml.DocumentNode && strings.HasPrefix(w.src.text[w.src.offset(n.Line, n.Column):], "!")
}
