package job

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/plan"
)

// Check refuses a plan that a job cannot run: one with nodes that need a server.
func Check(p *plan.Plan, spec func(string) (*element.Spec, bool)) error {
	var first plan.Node
	var others []string
	for _, n := range p.Nodes {
		switch {
		case n.Domain != element.Go || n.Passes:
		case first.Name == "":
			first = n
		default:
			others = append(others, fmt.Sprintf("%q (%s)", n.Name, n.Element))
		}
	}
	if first.Name == "" {
		return nil
	}
	why := fmt.Sprintf("%q (%s) needs the sessions or streams of a running server", first.Name, first.Element)
	if s, ok := spec(first.Element); ok && s.Status == element.Planned {
		why = fmt.Sprintf("%q (%s) is planned, and not in this build yet", first.Name, first.Element)
	}
	if len(others) > 0 {
		why += "; the same goes for " + strings.Join(others, ", ")
	}
	return fault.New(fault.ElementUnavailable, p.Graph+"/"+first.Name, "%s", why).
		Advise("`sluice serve` runs the graph when its event comes; a test in the graph runs it with `mock` in place of such nodes")
}

// CheckFiles refuses a plan that would write over a file: one that it reads in any case, one that two nodes write in any case,
// and one that is there unless overwrite says so. It also says what is missing before anything is opened: a file to read, or a
// folder to write into.
func CheckFiles(p *plan.Plan, overwrite bool) error {
	read := inputs(p)
	for _, f := range read {
		if _, err := os.Stat(f.path); errors.Is(err, fs.ErrNotExist) && !f.many {
			return fault.New(fault.ResourceNotFound, f.place(), "there is no file %q to read", f.path).
				Advise("is the path right, seen from this folder?")
		}
	}
	var before []file
	for _, f := range outputs(p) {
		if err := f.writable(); err != nil {
			return err
		}
		for _, in := range read {
			if same(in.path, f.path) {
				return f.refuse("%q is also read, by %q, and would be destroyed", f.path, in.node).Advise("write to another file")
			}
		}
		for _, other := range before {
			if other.path == f.path {
				return f.refuse("%q is also written by %q", f.path, other.node).Advise("give each sink a file of its own")
			}
		}
		before = append(before, f)
		if there := f.there(); len(there) > 0 && !overwrite {
			return fault.New(fault.NameInUse, f.place(), "%q is there already", there[0]).
				Advise("--overwrite replaces it; or write to another file")
		}
	}
	return nil
}

func (f file) refuse(format string, args ...any) *fault.Fault {
	return fault.New(fault.InvalidParams, f.place(), format, args...)
}

// writable says in plain words why a file cannot be made.
func (f file) writable() error {
	folder := filepath.Dir(f.path)
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fault.New(fault.ResourceNotFound, f.place(), "there is no folder %q to write %q into", folder, f.path).
			Advise("mkdir -p %s", folder)
	case err != nil:
		return f.refuse("the folder %q cannot be looked at", folder).Because(err)
	case !info.IsDir():
		return f.refuse("%q is a file, and no folder to write %q into", folder, f.path)
	}
	if info, err := os.Stat(f.path); err == nil && info.IsDir() {
		return f.refuse("%q is a folder", f.path).Advise("name a file in it")
	}
	return nil
}

func same(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && x.Mode().IsRegular() && os.SameFile(x, y)
}
