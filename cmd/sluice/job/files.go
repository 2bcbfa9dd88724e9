package job

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sluice/engine/plan"
)

// file is what an element of a plan reads or writes.
type file struct {
	node  string
	graph string
	path  string // or a pattern with %05d in it
	many  bool   // path is a pattern
}

func (f file) place() string { return f.graph + "/" + f.node }

// inputs lists the files that a plan reads, as far as settings tell.
func inputs(p *plan.Plan) []file { return located(p, "filesrc", "multifilesrc") }

// outputs lists the files that a plan writes, as far as settings tell.
func outputs(p *plan.Plan) []file {
	return append(located(p, "filesink"), located(p, "multifilesink", "splitmuxsink", "hlssink", "hlssink2")...)
}

// literal takes the meaning from characters that filepath.Glob would read as patterns.
var literal = strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`) //nolint:gochecknoglobals // it is not changed

var number = regexp.MustCompile(`%[0-9]*[diu]`)

func located(p *plan.Plan, factories ...string) []file {
	var out []file
	for _, l := range p.Pipelines {
		for _, e := range l.Elements {
			if !slices.Contains(factories, e.Factory) {
				continue
			}
			for _, s := range e.Props {
				if s.Name == "location" && s.Text != "" && !s.Secret {
					many := e.Factory != "filesink" && e.Factory != "filesrc" && number.MatchString(s.Text)
					out = append(out, file{e.Node, p.Graph, filepath.Clean(s.Text), many})
				}
			}
		}
	}
	return out
}

// there lists the regular files that the path names. Devices and pipes cannot be overwritten.
func (f file) there() []string {
	list := []string{f.path}
	if f.many {
		list, _ = filepath.Glob(number.ReplaceAllString(literal.Replace(f.path), "*")) // the pattern is well formed
	}
	return slices.DeleteFunc(list, func(path string) bool {
		info, err := os.Stat(path)
		return err != nil || !info.Mode().IsRegular()
	})
}

// Output is a file that was written.
type Output struct {
	Node  string `json:"node"`
	Path  string `json:"path"`
	Bytes int64  `json:"bytes"`
	// Regular says that Bytes means something: nothing is known of what went into a device or a pipe.
	Regular bool `json:"regular"`
}

// written lists what there is of the files that a plan writes.
func written(files []file) []Output {
	var out []Output
	for _, f := range files {
		if info, err := os.Stat(f.path); err == nil && !info.Mode().IsRegular() {
			out = append(out, Output{Node: f.node, Path: f.path})
			continue
		}
		for _, path := range f.there() {
			if info, err := os.Stat(path); err == nil {
				out = append(out, Output{f.node, path, info.Size(), true})
			}
		}
	}
	return out
}
