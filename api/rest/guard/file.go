package guard

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/plan"
	"sluice/engine/value"
)

// file looks at the name of a file, or at a pattern that stands for many. Links are followed, so that none leads out of a folder; who
// can make links in a folder that is allowed can write there anyway, but not by this API.
func (g *Guard) file(t target, text string) error {
	if g.open(text) {
		return t.refuse("depends on what an event brings").Advise(adviseElement, t.element)
	}
	path, err := filepath.Abs(strings.TrimPrefix(text, "file://"))
	if err != nil || strings.ContainsRune(text, 0) {
		return t.refuse("is no file")
	}
	if strings.ContainsAny(filepath.Dir(path), "*?[{") {
		return t.refuse("stands for more folders than one")
	}
	whole, err := resolve(path)
	if err == nil {
		for _, folder := range g.rules.Folders {
			if within(whole, folder) {
				return nil
			}
		}
	}
	return t.refuse("is not in a folder that the API may use").Advise(`the configuration's key "rest.folders" says which folders it may`)
}

// files looks at the files that a text or a map names.
func (g *Guard) files(t target, f element.Field, text string) error {
	if f.Constraint.Type != value.Map {
		return g.file(t, text)
	}
	v, err := f.Constraint.Parse(text)
	if err != nil {
		return t.refuse("cannot be read")
	}
	named, _ := v.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(named)) {
		one := named[key]
		if m, ok := one.(map[string]any); ok {
			one = m["file"]
		}
		name, _ := one.(string) // what is no text is no name: the element refuses it
		if name == "" {
			continue
		}
		at := t
		at.setting = plan.Setting{Name: t.setting.Name + "." + key, Text: name}
		if err := g.file(at, name); err != nil {
			return err
		}
	}
	return nil
}

// counted is a name with the number of the file in it, as GStreamer's elements that write and read many files take it. Some of them
// give the name to printf as it is, so any other conversion, or a second one, would have them read memory that is not theirs.
var counted = regexp.MustCompile(`^[^%]*(%[0-9]{0,2}d[^%]*)?$`)

// pattern refuses a name that some element could take for a format, and should not.
func pattern(t target, s *element.Spec, text string) error {
	literal := s.Is("Network") || s.Name == "filesrc" || s.Name == "filesink"
	if literal || counted.MatchString(text) {
		return nil
	}
	return t.refuse("has other conversions than one, as %05d, for the number of the file")
}

// within tells whether a path without links lies below a folder.
func within(path, folder string) bool {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return false
	}
	if folder, err = resolve(folder); err != nil {
		return false
	}
	below, err := filepath.Rel(folder, path)
	return err == nil && below != "." && filepath.IsLocal(below)
}

// resolve follows the links in a path whose end need not be there yet. A link to what is not there is refused: opening it to write
// would make a file wherever it leads.
func resolve(path string) (string, error) {
	whole, err := filepath.EvalSymlinks(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return whole, err
	}
	if _, err := os.Lstat(path); err == nil {
		return "", fs.ErrInvalid
	}
	parent := filepath.Dir(path)
	if parent == path {
		return path, nil
	}
	folder, err := resolve(parent)
	return filepath.Join(folder, filepath.Base(path)), err
}
