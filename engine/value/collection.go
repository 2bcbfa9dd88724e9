package value

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// The limits of what one list or map may hold, with everything in it. They keep a few references to references from
// growing into all memory there is.
const (
	maxDepth = 32
	maxItems = 10_000
	maxBytes = 1 << 20
)

// budget is what is left of the limits while one value is read.
type budget struct{ depth, items, bytes int }

func newBudget() *budget { return &budget{depth: maxDepth, items: maxItems, bytes: maxBytes} }

// take pays for one value of so many bytes.
func (b *budget) take(bytes int) error {
	b.items--
	b.bytes -= bytes
	switch {
	case b.depth < 0:
		return refuse("is nested deeper than %d levels", maxDepth)
	case b.items < 0:
		return refuse("holds more than %d values", maxItems)
	case b.bytes < 0:
		return refuse("holds more than %d bytes", maxBytes)
	}
	return nil
}

// readList reads "a,b" or, if it begins with a bracket, a JSON array.
func (c Constraint) readList(text string, shown exhibit, left *budget) (any, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "[") {
		v, err := decode(text)
		list, ok := v.([]any)
		if err != nil || !ok {
			return nil, refuse("%s is not a list in JSON", shown).Because(err).Advise(`write for example ["h264","vp8"], or h264,vp8`)
		}
		return c.items(list, left)
	}
	list := []any{}
	if text != "" {
		for item := range strings.SplitSeq(text, ",") {
			list = append(list, strings.TrimSpace(item))
		}
	}
	if i := slices.Index(list, any("")); i >= 0 {
		return nil, refuse("%s has nothing at item %d", shown, i+1).Advise(`leave out the comma, or write the list as JSON, ["",…]`)
	}
	return c.items(list, left)
}

// readMap reads a JSON object.
func (c Constraint) readMap(text string, shown exhibit, left *budget) (any, error) {
	v, err := decode(text)
	m, ok := v.(map[string]any)
	if err != nil || !ok {
		return nil, refuse("%s is not a map in JSON", shown).Because(err).Advise(`write for example {"color":"red"}`)
	}
	return c.entries(m, left)
}

// decode reads all of text as one JSON value, numbers as written.
func decode(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows its end")
	}
	return v, nil
}

// items accepts each item of a list, into a new list.
func (c Constraint) items(list []any, left *budget) (any, error) {
	left.depth--
	defer func() { left.depth++ }()
	out := make([]any, 0, min(len(list), maxItems))
	for i, item := range list {
		v, err := c.member(item, left)
		if err != nil {
			return nil, inside(err, strconv.Itoa(i), "item "+strconv.Itoa(i+1))
		}
		out = append(out, v)
	}
	return out, nil
}

// entries accepts each value of a map, into a new map. Keys are visited in order so that errors are always the same.
func (c Constraint) entries(m map[string]any, left *budget) (any, error) {
	left.depth--
	defer func() { left.depth++ }()
	out := make(map[string]any, min(len(m), maxItems))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if err := legible(k, exhibit{text: k}); err != nil {
			return nil, err
		}
		v, err := c.member(m[k], left)
		if err != nil {
			return nil, inside(err, k, "key "+quoted(k))
		}
		left.bytes -= len(k)
		out[k] = v
	}
	return out, nil
}

// member accepts one value of a list or map. Without a type of its own it keeps the type it comes with.
func (c Constraint) member(v any, left *budget) (any, error) {
	text, isText := v.(string)
	if err := left.take(len(text)); err != nil {
		return nil, err
	}
	if c.Type == List && c.Item != nil {
		return c.Item.accept(v, left)
	}
	if isText {
		return text, legible(text, exhibit{text: text})
	}
	t := natural(v)
	switch {
	case v == nil:
		return nil, refuse("has no value")
	case t == "":
		return nil, refuse("is %s, which cannot be in a list or a map", nounOf(v))
	}
	return Constraint{Type: t}.accept(v, left)
}
