package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"sluice/engine/fault"
	"sluice/engine/lint"
	"sluice/engine/plan"
	"sluice/engine/route"
	"sluice/engine/spec"
	"sluice/engine/store"
	"sluice/graphs"
)

// ownFolder is where a user's graphs are looked for when nothing else is said.
const ownFolder = "graphs"

// folder is the user's folder of graphs; "" if there is none.
func (a *app) folder() string {
	if a.dir != "" {
		return a.dir
	}
	return presentFolder()
}

// presentFolder is the user's folder of graphs if nothing names one; "" if there is none.
func presentFolder() string {
	if info, err := os.Stat(ownFolder); err == nil && info.IsDir() {
		return ownFolder
	}
	return ""
}

// folderOf is the folder of graphs that a path belongs to: a folder is its own; a file's is the one that --graphs names if
// the file is in it, or else the nearest one called graphs, or else the folder that the file is in.
func (a *app) folderOf(file string) string {
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return file
	}
	if a.dir != "" && within(file, a.dir) {
		return a.dir
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		return filepath.Dir(file)
	}
	up := filepath.Dir(file)
	for dir := filepath.Dir(abs); ; dir, up = filepath.Dir(dir), filepath.Join(up, "..") {
		if filepath.Base(dir) == ownFolder {
			return up
		}
		if dir == filepath.Dir(dir) {
			return filepath.Dir(file)
		}
	}
}

// load reads a folder over the shipped graphs. An empty folder means the shipped ones alone.
func (a *app) load(folder string) (*store.Set, error) {
	return a.loadFrom(folder, false)
}

// loadBeside reads the folder that a path belongs to. For a file that is in no folder of graphs that is the folder it lies
// in and nothing below: it may be anywhere, and a home or a disk is not to be searched for graphs.
func (a *app) loadBeside(path, folder string) (*store.Set, error) {
	return a.loadFrom(folder, isFile(path) && folder == filepath.Dir(path) && filepath.Base(folder) != ownFolder && folder != a.dir)
}

func (a *app) loadFrom(folder string, flat bool) (*store.Set, error) {
	reg, err := a.elements()
	if err != nil {
		return nil, err
	}
	s, err := store.New(store.Options{
		Root: folder, Flat: flat, Base: graphs.FS, Log: slog.New(slog.DiscardHandler),
		Check: func(set []*spec.Graph) []spec.Diagnostic { return lint.Check(set, reg, lint.Options{Lacks: a.lacks()}) },
	})
	if err != nil {
		return nil, err
	}
	return s.Current(), nil
}

// shipped lists the graphs that come with sluice.
func (a *app) shipped() ([]*spec.Graph, error) {
	set, err := a.load("")
	if err != nil {
		return nil, err
	}
	return set.Graphs(), nil
}

// table is the route table of the user's folder over the shipped graphs.
func (a *app) table() (*route.Table, error) {
	set, err := a.load(a.folder())
	if err != nil {
		return nil, err
	}
	a.tellHeld(set, a.folder())
	return set.Routes(), nil
}

// tellHeld says that an answer is not about all of a folder, because files in it have errors.
func (a *app) tellHeld(set *store.Set, folder string) {
	switch n := len(set.Held()); n {
	case 0:
	case 1:
		fmt.Fprintf(a.err, "sluice: 1 file is held back because of errors; `sluice lint %s` tells why\n", folder)
	default:
		fmt.Fprintf(a.err, "sluice: %d files are held back because of errors; `sluice lint %s` tells why\n", n, folder)
	}
}

// template compiles a graph given by name, or by file.
func (a *app) template(name string) (*plan.Template, error) {
	folder, file := a.folder(), isFile(name)
	if file {
		folder = a.folderOf(name)
		if err := readable(folder, name); err != nil {
			return nil, err
		}
	}
	set, err := a.loadBeside(name, folder)
	if err != nil {
		return nil, err
	}
	if file {
		if name, err = a.graphIn(set, name); err != nil {
			return nil, err
		}
	}
	g, ok := set.Graph(name)
	if !ok {
		return nil, a.absent(set, name)
	}
	a.tellHeld(set, folder)
	reg, err := a.elements()
	if err != nil {
		return nil, err
	}
	return plan.Compile(g, set, reg)
}

// isFile tells whether what was named is a file rather than a graph: it ends as graph files do, or it is one.
func isFile(name string) bool {
	if strings.HasSuffix(name, graphSuffix) {
		return true
	}
	info, err := os.Stat(name)
	return err == nil && !info.IsDir() && filepath.Ext(name) != ""
}

// graphIn is the name of the only graph in a file.
func (a *app) graphIn(set *store.Set, file string) (string, error) {
	var names []string
	for _, g := range set.Graphs() {
		if src, _ := set.Source(g.Name); sameFile(src.File, file) {
			names = append(names, g.Name)
		}
	}
	switch len(names) {
	case 1:
		return names[0], nil
	case 0:
		if err := a.findings(set, func(f string) bool { return sameFile(f, file) }); err != nil {
			return "", err
		}
		return "", fault.New(fault.GraphNotFound, file, "there is no graph in it")
	}
	return "", usageError{fmt.Errorf("%s holds several graphs; name one of %s", file, strings.Join(names, ", "))}
}

func sameFile(a, b string) bool {
	x, err := filepath.Abs(a)
	if err != nil {
		return false
	}
	y, err := filepath.Abs(b)
	return err == nil && x == y
}

// absent explains why there is no such graph: its file has errors, or the name is wrong.
func (a *app) absent(set *store.Set, name string) error {
	for _, h := range set.Held() {
		if !mayHold(h.File, name) {
			continue
		}
		if err := a.findings(set, func(f string) bool { return f == h.File }); err != nil {
			return err
		}
		fmt.Fprintf(a.err, "%s: held back: %s\n", h.File, h.Why)
		return errFound
	}
	f := fault.New(fault.GraphNotFound, name, "there is no graph of that name")
	if near, ok := spec.Nearest(name, names(set)); ok {
		return f.Advise("did you mean %q?", near)
	}
	return f.Advise("`sluice routes` lists graphs; --graphs names your folder")
}

// mayHold tells whether a file can be where a graph of that name is: live/rtmp is in live/rtmp.yaml, or is one of several
// in another file of live/.
func mayHold(file, name string) bool {
	stem := strings.TrimSuffix(filepath.ToSlash(file), ".yaml")
	folder, _, nested := strings.Cut(name, "/")
	return strings.HasSuffix("/"+stem, "/"+name) || nested && strings.Contains("/"+stem, "/"+folder+"/")
}

func names(set *store.Set) []string {
	var out []string
	for _, g := range set.Graphs() {
		out = append(out, g.Name)
	}
	return out
}

// findings writes what was found in the files that keep says; errFound if there was an error.
func (a *app) findings(set *store.Set, keep func(file string) bool) error {
	failed := false
	for _, d := range set.Diagnostics() {
		if keep(d.Pos.File) && d.Severity == spec.Error {
			fmt.Fprintln(a.err, d)
			failed = true
		}
	}
	if failed {
		return errFound
	}
	return nil
}

// completeGraphs offers the names of graphs to the shell.
func (a *app) completeGraphs(_ *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	set, err := a.load(a.folder())
	if err != nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return names(set), cobra.ShellCompDirectiveDefault
}

// completeElements offers the names of elements to the shell.
func (a *app) completeElements(_ *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	reg, err := a.elements()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return append(reg.OwnNames(), reg.GstNames()...), cobra.ShellCompDirectiveNoFileComp
}
