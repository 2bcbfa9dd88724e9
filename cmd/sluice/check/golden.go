package check

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sluice/engine/spec"
	"sluice/engine/store"
	"sluice/graphs"
)

// goldenFolder is where golden files of a graph lie: beside its file.
func goldenFolder(set *store.Set) func(*spec.Graph) string {
	return func(g *spec.Graph) string {
		src, ok := set.Source(g.Name)
		if !ok || src.Shipped {
			return ""
		}
		return filepath.Dir(src.File)
	}
}

// shipped tells which graphs of a set are part of the program, also where they lie in a folder as they are in the program.
func shipped(set *store.Set) func(*spec.Graph) bool {
	return func(g *spec.Graph) bool {
		src, ok := set.Source(g.Name)
		if !ok || src.Shipped {
			return ok
		}
		folder, _, _ := strings.Cut(g.Name, "/")
		list, err := fs.Glob(graphs.FS, folder+"/*.yaml")
		if err != nil {
			return false
		}
		here, err := os.ReadFile(src.File)
		return err == nil && slices.ContainsFunc(list, func(file string) bool {
			text, err := graphs.FS.ReadFile(file)
			return err == nil && bytes.Equal(text, here)
		})
	}
}
