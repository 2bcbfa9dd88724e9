package lint

import "sluice/engine/spec"

// maxFindings bounds the errors, and the warnings, of one file. Of further errors only the first is told.
const maxFindings = 200

// tally counts what was reported about a file.
type tally struct{ errors, warnings int }

// at reports a finding. Its severity is that of the code; the result is for Advise, to be called at once.
func (c *check) at(pos spec.Pos, code, format string, args ...any) *spec.Diagnostic {
	t := c.tallies[pos.File]
	if t == nil {
		t = &tally{}
		c.tallies[pos.File] = t
	}
	if c.severity[code] == spec.Warning {
		if t.warnings++; t.warnings > maxFindings {
			return new(spec.Diagnostic)
		}
		return c.report.Warnf(pos, code, format, args...)
	}
	switch t.errors++; {
	case t.errors == maxFindings+1:
		c.report.Errorf(pos, spec.CodeTooManyErrors, "there are more errors from here on").Advise("mend the first ones and look again")
		fallthrough
	case t.errors > maxFindings:
		return new(spec.Diagnostic)
	}
	return c.report.Errorf(pos, code, format, args...)
}

// saturated tells whether nothing more will be said of errors in a file, so that looking for them can end.
func (c *check) saturated(file string) bool {
	t := c.tallies[file]
	return t != nil && t.errors > maxFindings
}

// short cuts a text for a message.
func short(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// place is the text's, or another if the text was not written.
func place(t spec.Text, otherwise spec.Pos) spec.Pos {
	if t.Set() {
		return t.Pos
	}
	return otherwise
}
