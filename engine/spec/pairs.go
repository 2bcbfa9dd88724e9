package spec

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// pair is one key of a YAML map.
type pair struct {
	key   Text
	value *yaml.Node
}

// maxKey bounds a key's bytes: YAML allows 1,024 characters as written, with quotes and escapes.
const maxKey = 200

// pairs gives the sound keys of a map and reports the others. The second of two equal keys is left out.
func (w *walker) pairs(n *yaml.Node, what string) []pair {
	list := make([]pair, 0, len(n.Content)/2)
	first := make(map[string]Pos, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		key := Text{k.Value, w.at(k)}
		if !w.soundKey(k, key, what) {
			continue
		}
		if at, twice := first[key.Text]; twice {
			w.errorf(key.Pos, CodeDuplicateKey, "the key %q is written twice in %s", key.Text, what).Advise("the first is on line %d", at.Line)
			continue
		}
		first[key.Text] = key.Pos
		list = append(list, pair{key, n.Content[i+1]})
	}
	return list
}

func (w *walker) soundKey(k *yaml.Node, key Text, what string) bool {
	switch {
	case k.Kind == yaml.AliasNode:
		w.faults++ // reported with the anchors
	case k.Kind != yaml.ScalarNode:
		w.errorf(key.Pos, CodeWrongKind, "a key of %s must be text, this is %s", what, kindName(k))
	case mergeKey(k):
		w.faults++ // reported with the anchors
	case len(k.Value) > maxKey:
		w.errorf(key.Pos, CodeBadName, "a key of %s has %d bytes, more than %d", what, len(k.Value), maxKey)
	case scalarKind(k) == Null:
		w.errorf(key.Pos, CodeWrongKind, "a key of %s is empty", what).Advise(`write a name before the ":"`)
	case yamlBoolean(k):
		w.errorf(key.Pos, CodeYAMLBoolean, "many YAML tools read a bare %q as true or false", k.Value).Hint = booleanHint(k.Value, what)
	default:
		return true
	}
	return false
}

// booleanHint says what to write instead: in the two places where other programs have "on:", we have another key.
func booleanHint(key, what string) string {
	switch {
	case strings.EqualFold(key, "on") && what == aRoute:
		return `the key is "event:"`
	case strings.EqualFold(key, "on") && what == aRestart:
		return `the key is "when:"`
	}
	return `write it in quotes, or choose another name`
}

// yamlBoolean tells whether a scalar is written as something that YAML 1.1 reads as a boolean (its "y" and "n" left out,
// which no tool reads so).
func yamlBoolean(n *yaml.Node) bool { return n.Style&^yaml.TaggedStyle == 0 && booleanWord(n.Value) }

func booleanWord(s string) bool {
	if len(s) < 2 || len(s) > 5 {
		return false
	}
	switch strings.ToLower(s) {
	case "on", "off", "yes", "no", "true", "false":
		return true
	}
	return false
}

// entries reads a map with free keys. An empty value is an empty map.
func (w *walker) entries(n *yaml.Node, what string) []Entry {
	if empty(n) {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		w.wrongKind(n, what, "a map")
		return nil
	}
	var list []Entry
	for _, p := range w.pairs(n, what) {
		list = append(list, Entry{p.key, w.value(p.value, what)})
	}
	return list
}

// empty tells whether nothing is written for a key.
func empty(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && scalarKind(n) == Null }
