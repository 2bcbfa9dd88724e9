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
	"sluice/engine/lint"
	"sluice/engine/store"
)

func (a *app) lintCmd() *cobra.Command {
	c := &cobra.Command{
		Use:   "lint [PATH…]",
		Short: "Check graphs: everything that is wrong, at once, with place and remedy",
		Long: `lint checks graph files together with those they share a folder with, because routes and fragments reach across
files. Findings are printed for the paths named; without a path, for ./graphs. Only errors make it fail.

Warnings, and a few errors that somebody may know better about, are silenced by a comment on the line above:
# lint:ignore code reason`,
		Example: `  sluice lint                       check ./graphs
  sluice lint graphs/live/mine.yaml
  sluice lint --json graphs         for editors and scripts`,
		RunE: func(_ *cobra.Command, paths []string) error {
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
	result := lint.Result{Registry: reg.Source()}
	for _, folder := range a.foldersOf(paths) {
		set, err := a.load(folder)
		if err != nil {
			return err
		}
		for _, p := range paths {
			if _, err := os.Stat(p); err != nil {
				return fault.New(fault.ResourceNotFound, p, "there is no such file or folder")
			}
			result.Graphs += countIn(set, p)
		}
		for _, d := range set.Diagnostics() {
			if slices.ContainsFunc(paths, func(p string) bool { return within(d.Pos.File, p) }) && !slices.Contains(result.Found, d) {
				result.Found = append(result.Found, d)
			}
		}
	}
	if a.json {
		err = result.JSON(a.out, sourceLines())
	} else {
		err = result.Text(a.out, lint.Style{Colour: a.colours(a.out), Lines: sourceLines()})
	}
	if errors, _ := result.Counts(); err == nil && errors > 0 {
		return errFound
	}
	return err
}

// foldersOf lists the folders of graphs that the paths lie in, each once.
func (a *app) foldersOf(paths []string) []string {
	var out []string
	for _, p := range paths {
		folder := p
		if info, err := os.Stat(p); err != nil || !info.IsDir() {
			folder = a.folderOf(p)
		}
		if !slices.Contains(out, folder) {
			out = append(out, folder)
		}
	}
	return out
}

// countIn counts the graphs of a set that lie under a path.
func countIn(set *store.Set, path string) int {
	files, err := yamlFiles([]string{path})
	if err != nil {
		return 0
	}
	held := set.Held()
	n := 0
	for _, f := range files {
		if slices.ContainsFunc(held, func(h store.Held) bool { return sameFile(h.File, f) }) {
			n++ // it has errors; it is one file at least
		}
	}
	for _, g := range set.Graphs() {
		if src, ok := set.Source(g.Name); ok && !src.Shipped && within(src.File, path) {
			n++
		}
	}
	return n
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
func sourceLines() lint.Lines {
	read := map[string][][]byte{}
	return func(file string, line int) (string, bool) {
		lines, ok := read[file]
		if !ok {
			if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && info.Size() <= stdinLimit {
				data, _ := os.ReadFile(file)
				lines = bytes.Split(data, []byte("\n"))
			}
			read[file] = lines
		}
		if line < 1 || line > len(lines) {
			return "", false
		}
		return strings.TrimRight(string(lines[line-1]), "\r"), true
	}
}
