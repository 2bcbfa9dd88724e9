package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"sluice/engine/spec"
)

// stdinLimit bounds what fmt reads from standard input; the parser takes less and says so.
const stdinLimit = 2 << 20

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
	data, err := io.ReadAll(io.LimitReader(a.in, stdinLimit))
	if err != nil {
		return err
	}
	out, bad := spec.Format(data)
	if len(bad) > 0 {
		for _, d := range bad {
			d.Pos.File = "standard input"
			fmt.Fprintln(a.err, d)
		}
		return errFound
	}
	_, err = a.out.Write(out)
	return err
}

// formatFiles formats all files before it says how it went: one broken file does not keep the others waiting.
func (a *app) formatFiles(paths []string, check bool) error {
	files, err := yamlFiles(paths)
	if err != nil {
		return err
	}
	found := false
	for _, file := range files {
		changed, bad, err := formatFile(file, check)
		if err != nil {
			return err
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
	if found {
		return errFound
	}
	return nil
}

func formatFile(file string, check bool) (changed bool, bad []spec.Diagnostic, err error) {
	info, err := os.Stat(file)
	if err != nil {
		return false, nil, err
	}
	data, err := os.ReadFile(file)
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
	return true, nil, replace(file, out, info.Mode())
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

// yamlFiles lists the graph files under the paths.
func yamlFiles(paths []string) ([]string, error) {
	var out []string
	for _, p := range paths {
		err := filepath.WalkDir(p, func(file string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if !d.IsDir() && (file == p || strings.HasSuffix(file, ".yaml") && !strings.HasPrefix(d.Name(), ".")) {
				out = append(out, file)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
