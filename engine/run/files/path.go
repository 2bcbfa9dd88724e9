package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// There lists the files that there are of those that f stands for, of whatever kind, seg9.ts before seg10.ts.
func (f File) There() []string {
	if !f.Many {
		if _, err := os.Stat(f.Path); err != nil {
			return nil
		}
		return []string{f.Path}
	}
	list, _ := filepath.Glob(f.glob()) // a pattern that is not well formed names nothing
	list = slices.DeleteFunc(list, func(path string) bool { return !f.matches(path) })
	slices.SortFunc(list, byNumber)
	return list
}

// Meets tells whether two may be the same file, also by links, which may lead to where no file is yet.
func (f File) Meets(other File) bool {
	a, b := f.real(), other.real()
	switch {
	case a.Many && b.Many:
		return a.Path == b.Path
	case a.Many:
		return a.matches(b.Path)
	case b.Many:
		return b.matches(a.Path)
	}
	if a.Path == b.Path {
		return true
	}
	x, err1 := os.Stat(a.Path)
	y, err2 := os.Stat(b.Path)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

// Folder is where the file is, or will be, made: of a link, where it leads.
func (f File) Folder() string {
	if info, err := os.Lstat(f.Path); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return filepath.Dir(f.real().Path)
	}
	return filepath.Dir(f.Path)
}

// real gives the file without links in its path.
func (f File) real() File {
	path, err := filepath.Abs(f.Path)
	if err != nil {
		return f
	}
	if f.Many { // the last part is no file
		f.Path = filepath.Join(resolve(filepath.Dir(path)), filepath.Base(path))
		return f
	}
	f.Path = resolve(path)
	return f
}

// resolve follows links, also those that lead to nothing, which opening to write would follow.
func resolve(path string) string {
	const most = 40 // as Linux has it
	for range most {
		whole, err := filepath.EvalSymlinks(path)
		if err == nil {
			return whole
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return path
		}
		if folder, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
			path = filepath.Join(folder, filepath.Base(path))
		}
		to, err := os.Readlink(path)
		if err != nil {
			return path
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
	return path
}

// glob is a pattern for filepath.Glob that matches at least the files that f stands for.
func (f File) glob() string {
	if wild(f.Factory) {
		return f.Path
	}
	literal := strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`)
	return strings.ReplaceAll(number.ReplaceAllString(literal.Replace(f.Path), "*"), "%%", "%")
}

// matches tells whether a path is one of those that f stands for.
func (f File) matches(path string) bool {
	if wild(f.Factory) {
		ok, err := filepath.Match(f.Path, path)
		return err == nil && ok
	}
	var b strings.Builder
	rest := f.Path
	for rest != "" {
		at := number.FindStringSubmatchIndex(rest)
		if at == nil {
			break
		}
		b.WriteString(quoted(rest[:at[0]]))
		if verb := rest[at[4]]; verb == 'x' || verb == 'X' {
			b.WriteString(`[-+ ]*[0-9a-fA-FxX]+`)
		} else {
			b.WriteString(`[-+ ]*[0-9]+`)
		}
		rest = rest[at[1]:]
	}
	b.WriteString(quoted(rest))
	ok, err := regexp.MatchString("^"+b.String()+"$", path)
	return err == nil && ok
}

// quoted is plain text of a pattern as a regular expression.
func quoted(text string) string { return regexp.QuoteMeta(strings.ReplaceAll(text, "%%", "%")) }

// byNumber orders seg9.ts before seg10.ts.
func byNumber(a, b string) int {
	if d := len(a) - len(b); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}
