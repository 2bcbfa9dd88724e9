// Package param holds what a graph's parameters and values are made of: definitions read from params:, expressions with
// references such as $name, the scopes they are looked up in, and the binding of what a caller gives to what is defined.
// It does not know which variables an event brings, what an element's fields are, or which codecs exist: callers say.
package param

import (
	"sluice/engine/spec"
	"sluice/engine/value"
)

// The codes of the diagnostics that Define and Explain give, beside those of package spec.
const (
	CodeUnknownType   = "unknown_type"   // a type the language does not have
	CodeBadDefault    = "bad_default"    // a default that its own parameter would refuse, or that refers to a later one
	CodeBadConstraint = "bad_constraint" // limits that do not fit the type or each other
	CodeBadReference  = "bad_reference"  // a "$" that begins no reference
)

// Def is one parameter of a graph.
type Def struct {
	Name       string
	Pos        spec.Pos         // of the name
	Constraint value.Constraint // without a type if the file's type is wrong
	Default    *Expr            // nil if the parameter is required
	About      string
	Example    string // as Constraint.Parse reads it
}

// Required tells whether a value must be given.
func (d Def) Required() bool { return d.Default == nil }
