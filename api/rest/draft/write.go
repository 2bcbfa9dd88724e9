package draft

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sluice/api/rest/problem"
	"sluice/engine/fault"
	"sluice/engine/spec"
)

// graphName is what graphs in files of their own are called, as package spec has it.
var graphName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*){0,14}$`)

// Versions say which version of a graph a change is about: the fields If-Match and If-None-Match of a request.
type Versions struct{ Match, NoneMatch string }

// Put writes a graph into a file of its own, and has it used at once. made says that there was none of that name. A text with
// errors is fault.LintFailed, with all findings; another version than the caller knows is fault.StaleVersion.
func (d *Desk) Put(ctx context.Context, name string, text []byte, v Versions) (made bool, err error) {
	if err := d.begin(ctx); err != nil {
		return false, err
	}
	defer d.done()
	have, err := d.present(name)
	if err != nil {
		return false, err
	}
	if err := v.check(have); err != nil {
		return false, err
	}
	if err := alone(name, text); err != nil {
		return false, err
	}
	if err := d.attempt(name, text); err != nil {
		return false, err
	}
	if err := d.opt.Graphs.Mark(text); err != nil {
		return false, unwritten(name, err)
	}
	root, err := os.OpenRoot(d.opt.Root)
	if err != nil {
		return false, unwritten(name, err)
	}
	defer root.Close()
	if err := replace(root, name+suffix, text); err != nil {
		return false, unwritten(name, err)
	}
	return have == nil, d.used(name, Sum(text))
}

// Delete removes the file of a graph, and has that used at once. One that came with sluice is back then, if it is of the same name.
func (d *Desk) Delete(ctx context.Context, name string, v Versions) error {
	if err := d.begin(ctx); err != nil {
		return err
	}
	defer d.done()
	have, err := d.present(name)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(d.opt.Root)
	if err != nil {
		return unwritten(name, err)
	}
	defer root.Close()
	if _, err := root.Lstat(filepath.FromSlash(name + suffix)); errors.Is(err, fs.ErrNotExist) {
		if have == nil {
			return fault.New(fault.GraphNotFound, "", "there is no graph %q", name)
		}
		return fault.New(fault.Forbidden, "", "%q came with sluice and cannot be deleted", name).Advise("put another graph in its place")
	}
	if err := v.check(have); err != nil {
		return err
	}
	if err := d.attempt(name, nil); err != nil {
		return err
	}
	if err := root.Remove(filepath.FromSlash(name + suffix)); err != nil {
		return unwritten(name, err)
	}
	d.opt.Graphs.Reload()
	return nil
}

// present reads the file that a graph of that name has, or would have: the user's, or else the one that came with sluice. It is nil if
// there is neither.
func (d *Desk) present(name string) ([]byte, error) {
	const longest = 200
	switch {
	case !graphName.MatchString(name) || len(name) > longest:
		return nil, fault.New(fault.InvalidParams, "", "%q cannot name a graph: a-z, 0-9, _ and -, and / between folders", name)
	case d.opt.Root == "":
		return nil, fault.New(fault.Forbidden, "", "there is no folder to write graphs to").Advise(`set the configuration's key "graphs"`)
	}
	if src, ok := d.opt.Graphs.Current().Source(name); ok {
		if file := strings.TrimPrefix(d.Below(src.File), shippedName+"/"); file != name+suffix {
			return nil, fault.New(fault.NameInUse, "", "the graph %q is one of several in %s", name, file).Advise("change that file by hand")
		}
	}
	root, err := os.OpenRoot(d.opt.Root)
	if err != nil {
		return nil, unwritten(name, err)
	}
	defer root.Close()
	for _, in := range []fs.FS{root.FS(), d.opt.Base} {
		text, err := fs.ReadFile(in, name+suffix)
		if err == nil {
			return text, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, unwritten(name, err)
		}
	}
	return nil, nil
}

// check says whether a change is about what is there (RFC 9110 13.1.1 and 13.1.2). Whoever changes something has to say what.
func (v Versions) check(have []byte) error {
	match, none := tags(v.Match, true), tags(v.NoneMatch, false)
	names := func(list []string) bool {
		return have != nil && (slices.Contains(list, "*") || slices.Contains(list, Sum(have)))
	}
	switch {
	case v.Match != "" && !names(match), len(none) > 0 && names(none):
		f := fault.New(fault.StaleVersion, "", "the graph is not the version that the request is about")
		if have == nil {
			return f.Advise("there is none of that name")
		}
		return f.Advise(`it is "%s" now`, Sum(have))
	case have != nil && v.Match == "":
		return problem.Refuse(http.StatusPreconditionRequired, fault.StaleVersion, "the request does not say which version it changes").
			With(`send If-Match with the ETag that GET gives, or "*"`)
	}
	return nil
}

// tags reads a list of entity tags (RFC 9110 8.8.3): quoted, or "*". Of weak ones, which strong comparison does not take for any, none
// are left.
func tags(header string, strong bool) []string {
	var out []string
	for one := range strings.SplitSeq(header, ",") {
		one = strings.TrimSpace(one)
		tag, weak := strings.CutPrefix(one, "W/")
		inner := strings.Trim(tag, `"`)
		switch {
		case one == "*":
			out = append(out, one)
		case tag != `"`+inner+`"` || inner == "" || inner == "*" || weak && strong:
		default:
			out = append(out, inner)
		}
	}
	return out
}

// alone refuses a text that is not one graph of that name.
func alone(name string, text []byte) error {
	graphs, found := spec.Parse(name+suffix, name, text)
	switch {
	case len(found) > 0: // which is for the trial to tell
		return nil
	case len(graphs) != 1 || graphs[0].Name != name:
		return fault.New(fault.LintFailed, name, "the file must hold one graph, and holds %d", len(graphs))
	}
	return nil
}

// attempt finds out what a change would do, and refuses what would break something.
func (d *Desk) attempt(name string, text []byte) error {
	t, err := d.try(map[string][]byte{name + suffix: text})
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, one := range d.opt.Graphs.Current().Diagnostics() {
		known[d.Below(one.Pos.File)+one.Msg] = true
	}
	var wrong []Finding
	failed := len(t.Held) > 0
	for _, f := range t.Found {
		bad := f.Severity == spec.Error
		if f.File == name+suffix || bad && !known[f.File+f.Msg] { // in another file, it is the change's doing
			wrong = append(wrong, f)
			failed = failed || bad
		}
	}
	if failed {
		return Failed(name, wrong)
	}
	return d.opt.Allow(t.Set, d.opt.Graphs.Current().Diff(t.Set).Touched)
}

// Failed is the refusal of a graph with errors.
func Failed(name string, found []Finding) error {
	r := problem.Refuse(0, fault.LintFailed, "the graph has errors, or would break others")
	r.Place = name
	for _, f := range found {
		r.Errors = append(r.Errors, f.Detail())
	}
	return r
}

// Detail is a finding in the words of problem documents.
func (f Finding) Detail() problem.Detail {
	return problem.Detail{
		Detail: f.Msg, Code: f.Code, Hint: f.Hint, Severity: string(f.Severity), File: f.File, Line: f.Pos.Line, Column: f.Pos.Col,
	}
}

// used has the folder read, and says so if something came in between.
func (d *Desk) used(name, version string) error {
	d.opt.Graphs.Reload()
	text, err := d.Text(name)
	if err != nil || Sum(text) != version {
		return fault.New(fault.StaleVersion, "", "somebody else changed the graphs at the same time").Advise("read the graph again")
	}
	return nil
}

func unwritten(name string, err error) error {
	return fault.New(fault.Internal, name, "the folder of graphs cannot be used").Because(err)
}

// put writes a file, and the folders that it is in.
func put(to *os.Root, name string, text []byte) error {
	if err := to.MkdirAll(filepath.FromSlash(path.Dir(name)), 0o750); err != nil {
		return err
	}
	return to.WriteFile(filepath.FromSlash(name), text, 0o600)
}

// replace writes a file so that everybody finds either the old one or the new one, also after a crash. The name that it has meanwhile
// is one that the store passes over.
func replace(to *os.Root, name string, text []byte) error {
	draft := path.Join(path.Dir(name), "."+path.Base(name)+"."+strings.ToLower(rand.Text()[:8]))
	if err := put(to, draft, text); err != nil {
		return err
	}
	f, err := to.OpenFile(filepath.FromSlash(draft), os.O_RDWR, 0)
	if err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	if err == nil {
		err = to.Rename(filepath.FromSlash(draft), filepath.FromSlash(name))
	}
	if err != nil {
		_ = to.Remove(filepath.FromSlash(draft)) // there is nothing else to be done about it
		return err
	}
	folder, err := to.Open(filepath.FromSlash(path.Dir(name))) // which has the new name only when it is on the disk, too
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
