package param

import "sluice/engine/spec"

// Expr is a value from a file that may refer to others: "$name" alone, text with references in it, or a list or map of
// such values. It is immutable and safe for concurrent use; the zero Expr is the constant nil.
type Expr struct {
	pos     spec.Pos
	shape   shape
	literal any    // of a constant
	parts   []part // of text with references; the only one of a reference
	items   []Expr // of a list, or the values of a map
	keys    []string
}

type shape uint8

const (
	constant shape = iota
	reference
	mixture // text with references in it
	list
	mapping
)

// part is a piece of text or, if name is set, a reference.
type part struct {
	text string
	name string
	pos  spec.Pos
}

// Ref is a reference with its place in the file.
type Ref struct {
	Name string // "want.codec"
	Pos  spec.Pos
}

// Refs lists all references in the order written, also those inside lists and maps.
func (e Expr) Refs() []Ref {
	var out []Ref
	for _, p := range e.parts {
		if p.name != "" {
			out = append(out, Ref{Name: p.name, Pos: p.pos})
		}
	}
	for _, item := range e.items {
		out = append(out, item.Refs()...)
	}
	return out
}

// Pos is where the value stands in its file.
func (e Expr) Pos() spec.Pos { return e.pos }

// Literal gives the value of an expression without references, as Eval would.
func (e Expr) Literal() (any, bool) {
	if e.shape == reference || e.shape == mixture {
		return nil, false
	}
	for _, item := range e.items {
		if _, ok := item.Literal(); !ok {
			return nil, false
		}
	}
	v, err := e.Eval(nil)
	return v, err == nil
}

// constantOf makes an expression of a value that is known.
func constantOf(pos spec.Pos, v any) Expr { return Expr{pos: pos, literal: v} }
