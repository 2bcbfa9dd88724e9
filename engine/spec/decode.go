package spec

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxValues bounds the values of a file; a graph of sixty nodes has a few hundred.
const maxValues = 50_000

// decode reads all documents of the file, without those that are empty because the file is. It stops at the first error
// of YAML itself, since nothing after it can be trusted, and gives what it read before.
func (w *walker) decode() (docs []*yaml.Node, ok bool) {
	if w.directive() {
		return nil, false
	}
	dec := yaml.NewDecoder(strings.NewReader(w.src.text))
	values := 0
	for {
		doc, err := next(dec)
		if errors.Is(err, io.EOF) {
			return docs, true
		}
		if err != nil {
			w.syntaxError(err)
			return docs, false
		}
		values += count(doc)
		if values > maxValues {
			w.errorf(w.at(doc), CodeTooManyValues, "the file has more than %d values", maxValues).
				Advise("split it into several graphs")
			return docs, false
		}
		docs = append(docs, doc)
	}
}

// next reads one document. yaml.v3 panics on some malformed input; nothing but the decoding itself is guarded.
func next(dec *yaml.Decoder) (doc *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	doc = new(yaml.Node)
	if err := dec.Decode(doc); err != nil {
		return nil, err
	}
	return doc, nil
}

// directive refuses %YAML and %TAG lines: there is one version of YAML here, and no tags.
func (w *walker) directive() bool {
	open := true // a directive may stand here
	for n := 1; n <= len(w.src.lines); n++ {
		line := w.src.line(n)
		switch trimmed := strings.TrimSpace(line); {
		case trimmed == "" || trimmed[0] == '#':
		case open && line[0] == '%':
			w.errorf(Pos{w.src.file, n, 1}, CodeSyntax, "YAML directives are not used here").Advise("remove the line")
			return true
		default:
			open = trimmed == "..."
		}
	}
	return false
}

func count(n *yaml.Node) int {
	sum := 1
	for _, c := range n.Content {
		sum += count(c)
	}
	return sum
}
