// Package codes lists the codes of diagnostics: what each means, how grave it is, what to do, and whether a comment may silence
// it. The documentation is written from it. It finds nothing: that is for the packages that report these codes.
package codes

import (
	"slices"

	"sluice/engine/spec"
)

// Info describes a code. From this list the documentation of diagnostics is written.
type Info struct {
	Code     string
	Severity spec.Severity
	About    string // what is wrong, one sentence
	Remedy   string // what to do, one sentence
	Example  string // YAML that has it
	// Silent tells whether "# lint:ignore code reason" silences it: all warnings, and the few errors where the
	// description of an element may say less than the element can do.
	Silent bool
}

// List gives every code that spec, param, route, expect and lint report, in groups. The list is closed, and codes do not
// change their meaning: people write them into comments and programs match on them.
func List() []Info {
	return slices.Concat(
		fileCodes(), keyCodes(), nodeCodes(), fragmentCodes(), branchCodes(), valueCodes(),
		linkCodes(), flowCodes(), graphCodes(), routeCodes(),
	)
}

// fails makes the Info of an error.
func fails(name, about, remedy, example string) Info {
	return Info{Code: name, Severity: spec.Error, About: about, Remedy: remedy, Example: example}
}

// warns makes the Info of a warning.
func warns(name, about, remedy, example string) Info {
	return Info{Code: name, Severity: spec.Warning, About: about, Remedy: remedy, Example: example, Silent: true}
}

// silenceable lets comments silence an error.
func (i Info) silenceable() Info { i.Silent = true; return i }
