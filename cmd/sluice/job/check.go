package job

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run/files"
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
	remedy := "`sluice serve` runs it when an event asks for it; a test in the graph runs it with `mock` in place of such nodes"
	if s, ok := spec(first.Element); ok && s.Status == element.Planned {
		why = fmt.Sprintf("%q (%s) is planned, and not in this build yet", first.Name, first.Element)
		remedy = "a test in the graph runs it with `mock` in place of such nodes"
	}
	if len(others) > 0 {
		why += "; the same goes for " + strings.Join(others, ", ")
	}
	return fault.New(fault.ElementUnavailable, p.Graph+"/"+first.Name, "%s", why).
		Advise("%s", remedy)
}

// CheckFiles refuses a plan that would write over a file: one that it reads in any case, one that two nodes write in any case,
// and one that is there unless overwrite says so. It also says what is missing before anything is opened: a file to read, or a
// folder to write into.
func CheckFiles(p *plan.Plan, specs files.Specs, overwrite bool) error {
	read := inputs(p, specs)
	for _, f := range read {
		if _, err := os.Stat(f.Path); errors.Is(err, fs.ErrNotExist) && !f.Many {
			return fault.New(fault.ResourceNotFound, f.place(), "there is no file %q to read", f.Name()).
				Advise("is the path right, seen from this folder?")
		}
	}
	var before []file
	for _, f := range outputs(p, specs) {
		if err := f.writable(); err != nil {
			return err
		}
		for _, in := range read {
			if f.destroys(in) {
				return f.refuse("%q is also read, by %q, and would be destroyed", f.Name(), in.Node).Advise("write to another file")
			}
		}
		for _, other := range before {
			if f.Meets(other.File) && !f.device() {
				return f.refuse("%q is also written by %q", f.Name(), other.Node).Advise("give each sink a file of its own")
			}
		}
		before = append(before, f)
		if there := f.there(); len(there) > 0 && !overwrite {
			return fault.New(fault.NameInUse, f.place(), "%q is there already", f.name(there[0])).
				Advise("--overwrite replaces it; or write to another file")
		}
	}
	return nil
}

func (f file) refuse(format string, args ...any) *fault.Fault {
	return fault.New(fault.InvalidParams, f.place(), format, args...)
}

// destroys tells whether what is read would be written over.
func (f file) destroys(in file) bool {
	for _, path := range in.there() {
		in.Path, in.Many = path, false
		if f.Meets(in.File) {
			return true
		}
	}
	return false
}

// device tells whether it is something that several can write to.
func (f file) device() bool {
	info, err := os.Stat(f.Path)
	return err == nil && !info.Mode().IsRegular()
}

// writeAccess is access(2)'s W_OK.
const writeAccess = 2

// writable says in plain words why a file cannot be made.
func (f file) writable() error {
	info, err := os.Stat(f.Folder())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fault.New(fault.ResourceNotFound, f.place(), "there is no folder %q to write %q into", f.folder(), f.Name()).
			Advise("mkdir -p %s", f.folder())
	case err != nil:
		return f.refuse("the folder %q cannot be looked at", f.folder()).Because(err)
	case !info.IsDir():
		return f.refuse("%q is a file, and no folder to write %q into", f.folder(), f.Name())
	}
	if info, err := os.Stat(f.Path); err == nil {
		if info.IsDir() {
			return f.refuse("%q is a folder", f.Name()).Advise("name a file in it")
		}
		if err := syscall.Access(f.Path, writeAccess); err != nil {
			return fault.New(fault.Forbidden, f.place(), "%q may not be written to", f.Name()).Because(err).
				Advise("write to another file, or change who may write to this one")
		}
		return nil
	}
	return f.makable()
}

// makable tries whether the folder takes files. Only trying tells: root may write anywhere, but not to a disk that is
// mounted to be read, nor to what only looks like a folder, such as /proc.
func (f file) makable() error {
	made, err := os.CreateTemp(f.Folder(), ".sluice-*")
	if err != nil {
		return fault.New(fault.Forbidden, f.place(), "no file can be made in the folder %q", f.folder()).Because(reason(err)).
			Advise("write to another folder, or change who may write to this one")
	}
	return errors.Join(made.Close(), os.Remove(made.Name()))
}

// reason is an error without the path that was only tried.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
