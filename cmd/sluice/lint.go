package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sluice/engine/fault"
	"sluice/engine/lint/findings"
	"sluice/engine/store"
)

func (a *app) lintCmd() *cobra.Command {
	c := &cobra.Command{
		Use:   "lint [PATH…]",
		Short: "Check graphs: everything that is wrong, at once, with place and remedy",
		Long: `lint checks graph files together with those they share a folder with, because routes and fragments reach across
files. Findings are printed for the paths named; without a path, for ./graphs; with "-", for standard input. Only errors
make it fail.

Warnings, and a few errors that somebody may know better about, are silenced by a comment on the line above:
# lint:ignore code reason`,
		Example: `  sluice lint                       check ./graphs
  sluice lint graphs/live/mine.yaml
  sluice lint --json graphs         for editors and scripts`,
		RunE: func(_ *cobra.Command, paths []string) error {
			if slices.Equal(paths, []string{"-"}) {
				return a.lintStandard()
			}
			if len(paths) == 0 {
				folder := a.folder()
				if folder == "" {
					return usageError{fmt.Errorf("there is no folder %q here; name a file or a folder", ownFolder)}
				}
				paths = []string{folder}
			}
			return a.lint(paths)
		},
	}
	a.wantsJSON(c)
	return c
}

// lint checks the folders that the paths belong to and prints what it found in the paths.
func (a *app) lint(paths []string) error {
	reg, err := a.elements()
	if err != nil {
		return err
	}
	r := findings.Result{Registry: reg.Source()}
	sets, counted := map[string]*store.Set{}, map[string]bool{}
	var empty []string
	for _, p := range paths {
		folder := a.folderOf(p)
		if err := readable(folder, p); err != nil {
			return err
		}
		if sets[folder] == nil {
			if sets[folder], err = a.loadBeside(p, folder); err != nil {
				return err
			}
		}
		set := sets[folder]
		for _, d := range set.Diagnostics() {
			if within(d.Pos.File, p) && !slices.Contains(r.Found, d) {
				r.Found = append(r.Found, d)
			}
		}
		graphs := graphsIn(set, p)
		for _, g := range graphs {
			counted[g] = true
		}
		if len(graphs) == 0 {
			empty = append(empty, p)
		}
	}
	r.Graphs = len(counted)
	err = a.report(r, sourceLines())
	for _, p := range empty {
		fmt.Fprintf(a.err, "%s has no graphs; they are in files that end with %s\n", p, graphSuffix)
	}
	return err
}

// report prints what was found; errFound if there is an error.
func (a *app) report(r findings.Result, lines findings.Lines) error {
	var err error
	if a.json {
		err = r.JSON(a.out, lines)
	} else {
		err = r.Text(a.out, findings.Style{Colour: a.colours(a.out), Lines: lines})
	}
	if errors, _ := r.Counts(); err == nil && errors > 0 {
		return errFound
	}
	return err
}

// lintStandard checks standard input as if it were the only file beside the shipped graphs.
func (a *app) lintStandard() error {
	data, err := a.readStandard()
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "sluice-lint-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // the system clears its temporary folder, too
	if err := os.WriteFile(filepath.Join(folder, "draft"+graphSuffix), data, 0o600); err != nil {
		return err
	}
	set, err := a.load(folder)
	if err != nil {
		return err
	}
	reg, err := a.elements()
	if err != nil {
		return err
	}
	r := findings.Result{Registry: reg.Source(), Graphs: len(graphsIn(set, folder))}
	for _, d := range set.Diagnostics() {
		if within(d.Pos.File, folder) {
			d.Pos.File = standardInput
			r.Found = append(r.Found, d)
		}
	}
	lines := bytes.Split(data, []byte("\n"))
	return a.report(r, func(_ string, line int) (string, bool) { return lineOf(lines, line) })
}

// readable says why a path that was named is none that graphs are read from; nil if they are.
func readable(folder, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return unreadable(path, err)
	}
	if info.IsDir() {
		return nil
	}
	if !info.Mode().IsRegular() {
		return unreadable(path, sizeable(info))
	}
	if !strings.HasSuffix(path, graphSuffix) {
		return fault.New(fault.ResourceNotFound, path, "it is not read: graphs are in files that end with %s", graphSuffix).
			Advise("call it %s", strings.TrimSuffix(path, filepath.Ext(path))+graphSuffix)
	}
	below, err := filepath.Rel(folder, path)
	if err != nil {
		below = filepath.Base(path)
	}
	for word := range strings.SplitSeq(filepath.ToSlash(below), "/") {
		if word != ".." && word != "." && ignored(word) {
			return fault.New(fault.ResourceNotFound, path, "it is not read: names like %q are passed over", word).
				Advise("let no name begin with a dot, \"~\" or \"#\", or end with \"~\"")
		}
	}
	return nil
}

// graphsIn lists the graphs of a set that lie under a path, each with its file. A file with errors counts as one.
func graphsIn(set *store.Set, path string) []string {
	var out []string
	for _, h := range set.Held() {
		if within(h.File, path) {
			out = append(out, h.File)
		}
	}
	for _, g := range set.Graphs() {
		if src, ok := set.Source(g.Name); ok && !src.Shipped && within(src.File, path) {
			out = append(out, src.File+" "+g.Name)
		}
	}
	return out
}

// within tells whether a file is a path, or lies below it.
func within(file, path string) bool {
	f, err := filepath.Abs(file)
	if err != nil {
		return false
	}
	p, err := filepath.Abs(path)
	return err == nil && (f == p || strings.HasPrefix(f, p+string(filepath.Separator)))
}

// sourceLines reads lines of files for the reader of a finding. Files are read once, and only if they are small.
func sourceLines() findings.Lines {
	read := map[string][][]byte{}
	return func(file string, line int) (string, bool) {
		lines, ok := read[file]
		if !ok {
			if info, err := os.Stat(file); err == nil && sizeable(info) == nil {
				data, _ := os.ReadFile(file)
				lines = bytes.Split(data, []byte("\n"))
			}
			read[file] = lines
		}
		return lineOf(lines, line)
	}
}

func lineOf(lines [][]byte, line int) (string, bool) {
	if line < 1 || line > len(lines) {
		return "", false
	}
	return strings.TrimRight(string(lines[line-1]), "\r"), true
}
