package element

import (
	"time"

	"sluice/engine/value"
)

// Field is one setting of an element.
type Field struct {
	Name       string
	About      string
	Constraint value.Constraint
	Default    any  // of the constraint's Go type; nil if there is none
	Required   bool // must be set
	Live       bool // may be changed while media flows
	Structural bool // decides which elements or ports there are, so that plans differ by it
	ReadOnly   bool // GStreamer's: can be read, never set
	// Files says that the text names a file though its type is another, such as one that may be "". In a map, each text does, and
	// what is called "file" in each map.
	Files bool
}

// Setting makes a field of a type. The methods below refine it, each returning a copy.
func Setting(name string, t value.Type) Field {
	return Field{Name: name, Constraint: value.Constraint{Type: t}}
}

// Choice makes an enum field.
func Choice(name string, words ...string) Field {
	return Field{Name: name, Constraint: value.Constraint{Type: value.Enum, Of: words}}
}

// Span makes a duration field with limits.
func Span(name string, least, most time.Duration) Field {
	return Setting(name, value.Duration).Within(least, most)
}

// Number makes an int field with limits.
func Number(name string, least, most int64) Field {
	return Setting(name, value.Int).Within(least, most)
}

// Says adds a description: one sentence with its unit.
func (f Field) Says(about string) Field { f.About = about; return f }

// Or gives the field a default.
func (f Field) Or(v any) Field { f.Default = v; return f }

// Within limits the field; the limits have the Go type of the value.
func (f Field) Within(least, most any) Field {
	f.Constraint.Min, f.Constraint.Max = least, most
	return f
}

// Must marks a field that has to be set.
func (f Field) Must() Field { f.Required = true; return f }

// Playing marks a field that may be changed while media flows.
func (f Field) Playing() Field { f.Live = true; return f }

// Paths marks a text, or a map, that names files.
func (f Field) Paths() Field { f.Files = true; return f }

// Shapes marks a field that decides which elements there are.
func (f Field) Shapes() Field { f.Structural = true; return f }
