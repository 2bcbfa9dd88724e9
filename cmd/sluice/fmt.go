package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"sluice/engine/spec"
)

func (a *app) fmtCmd() *cobra.Command {
	var check bool
	c := &cobra.Command{
		Use:   "fmt [PATH…]",
		Short: "Write graphs in their one canonical form",
		Long: `fmt rewrites graph files in place: keys in the language's order, the shorter of two forms, comments kept.
Without a path it formats ./graphs; with "-" it reads standard input and writes standard output.`,
		Example: `  sluice fmt graphs/live/mine.yaml
  sluice fmt --check graphs     change nothing, list what would change, exit 1
  sluice fmt - < draft.yaml`,
		RunE: func(_ *cobra.Command, paths []string) error {
			if len(paths) == 1 && paths[0] == "-" {
				return a.formatStream()
			}
			if len(paths) == 0 {
				paths = []string{"graphs"}
			}
			return a.formatFiles(paths, check)
		},
	}
	c.Flags().BoolVar(&check, "check", false, "change nothing; list the files that would change and exit 1")
	return c
}

func (a *app) formatStream() error {
	data, err := a.readStandard()
	if err != nil {
		return err
	}
	out, bad := spec.Format(data)
	if len(bad) > 0 {
		for _, d := range bad {
			d.Pos.File = standardInput
			fmt.Fprintln(a.err, d)
		}
		return errFound
	}
	_, err = a.out.Write(out)
	return err
}

// formatFiles formats all files before it says how it went: one broken file does not keep the others waiting.
func (a *app) formatFiles(paths []string, check bool) error {
	found, unread := false, false
	failed := func(file string, err error) {
		a.complain(unreadable(file, err))
		unread = true
	}
	for _, file := range yamlFiles(paths, failed) {
		changed, bad, err := formatFile(file, check)
		if err != nil {
			failed(file, err)
		}
		for _, d := range bad {
			d.Pos.File = file
			fmt.Fprintln(a.err, d)
		}
		if changed {
			fmt.Fprintln(a.out, file)
		}
		found = found || len(bad) > 0 || changed && check
	}
	switch {
	case unread:
		return errUnread
	case found:
		return errFound
	}
	return nil
}

// formatFile formats the file that a path leads to: a link stays a link.
func formatFile(file string, check bool) (changed bool, bad []spec.Diagnostic, err error) {
	target, err := filepath.EvalSymlinks(file)
	if err != nil {
		return false, nil, err
	}
	data, info, err := readRegular(target)
	if err != nil {
		return false, nil, err
	}
	out, bad := spec.Format(data)
	if len(bad) > 0 || bytes.Equal(out, data) {
		return false, bad, nil
	}
	if check {
		return true, nil, nil
	}
	if err := replace(target, out, info.Mode()); err != nil {
		return false, nil, err
	}
	return true, nil, nil
}

// replace writes beside the file and renames, so that a full disk never leaves half a graph.
func replace(file string, data []byte, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".fmt-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // gone after the rename
	if _, err = f.Write(data); err == nil {
		err = f.Chmod(mode)
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
