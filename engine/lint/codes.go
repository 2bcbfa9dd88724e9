package lint

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

// Codes lists every code that spec, param, route and this package report, in groups. The list is closed, and codes do not
// change their meaning: people write them into comments and programs match on them.
func Codes() []Info {
	return slices.Concat(
		fileCodes(), keyCodes(), nodeCodes(), fragmentCodes(), branchCodes(), valueCodes(),
		linkCodes(), flowCodes(), graphCodes(), routeCodes(),
	)
}

// fails makes the Info of an error.
func fails(code, about, remedy, example string) Info {
	return Info{Code: code, Severity: spec.Error, About: about, Remedy: remedy, Example: example}
}

// warns makes the Info of a warning.
func warns(code, about, remedy, example string) Info {
	return Info{Code: code, Severity: spec.Warning, About: about, Remedy: remedy, Example: example, Silent: true}
}

// silenceable lets comments silence an error.
func (i Info) silenceable() Info { i.Silent = true; return i }
