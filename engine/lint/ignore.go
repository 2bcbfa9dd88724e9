package lint

import (
	"slices"

	"sluice/engine/lint/codes"
	"sluice/engine/spec"
)

// silenced leaves out what "# lint:ignore code reason" silences, and warns of such comments that silence nothing. An error
// that keeps a graph from running stays: a comment does not make it run.
func (c *check) silenced(found []spec.Diagnostic) []spec.Diagnostic {
	type place struct {
		file, code string
		line       int
	}
	may := map[string]bool{}
	all := make([]string, 0, 80)
	for _, i := range codes.List() {
		may[i.Code] = i.Silent
		all = append(all, i.Code)
	}
	hit := map[place]bool{}
	for _, d := range found {
		hit[place{d.Pos.File, d.Code, d.Pos.Line}] = true
	}
	quiet := map[place]bool{}
	var out spec.Report
	for _, g := range c.graphs {
		for _, i := range g.Ignores {
			at := place{i.Pos.File, i.Code, i.Line}
			known := slices.Contains(all, i.Code)
			if known && may[i.Code] && hit[at] {
				quiet[at] = true
				continue
			}
			d := out.Warnf(i.Pos, "unused_ignore", "%q is not on line %d, so there is nothing to ignore", short(i.Code), i.Line)
			switch {
			case !known:
				d.Msg = "there is no code \"" + short(i.Code) + "\" to ignore"
				d.Hint = c.near(i.Code, all, `docs/lint.md lists them`)
			case !may[i.Code]:
				d.Msg = "\"" + i.Code + "\" cannot be ignored"
				d.Advise("the graph would not run; mend it")
			default:
				d.Advise("remove the comment")
			}
		}
	}
	out.Add(slices.DeleteFunc(found, func(d spec.Diagnostic) bool { return quiet[place{d.Pos.File, d.Code, d.Pos.Line}] })...)
	return out.List()
}
