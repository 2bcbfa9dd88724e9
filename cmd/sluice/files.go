package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sluice/engine/fault"
)

const (
	graphSuffix   = ".yaml"
	sizeLimit     = 1 << 20 // bytes of a graph file, as the parser has it
	standardInput = "standard input"
)

// errNoFile says in plain words what a failed stat says in the system's.
var errNoFile = errors.New("there is no such file or folder")

// readRegular reads a file that is regular and of a graph's size. Anything else called x.yaml, such as a pipe or a device,
// is refused before it is opened: it could block, or never end.
func readRegular(file string) ([]byte, fs.FileInfo, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, nil, err
	}
	if err := sizeable(info); err != nil {
		return nil, nil, err
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	data, err := bounded(f)
	return data, info, err
}

// sizeable tells whether a graph can be in a file, as far as can be seen without opening it.
func sizeable(info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return errors.New("it is a folder, not a file")
	case !info.Mode().IsRegular():
		return errors.New("it is not a regular file")
	case info.Size() > sizeLimit:
		return fmt.Errorf("it has %d bytes, more than %d: a graph is a few kilobytes; is this the right file?", info.Size(), sizeLimit)
	}
	return nil
}

// bounded reads all, but for what is too much.
func bounded(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, sizeLimit+1))
	if err == nil && len(data) > sizeLimit {
		err = fmt.Errorf("it has more than %d bytes: a graph is a few kilobytes", sizeLimit)
	}
	return data, err
}

// readStandard reads a graph from standard input.
func (a *app) readStandard() ([]byte, error) {
	data, err := bounded(a.in)
	if err != nil {
		return nil, unreadable(standardInput, err)
	}
	return data, nil
}

// unreadable is the fault of a file that cannot be read, or written, in plain words.
func unreadable(file string, err error) error {
	cause := err
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		cause = pe.Err
	}
	if errors.Is(err, fs.ErrNotExist) {
		cause = errNoFile
		if info, lerr := os.Lstat(file); lerr == nil && info.Mode()&fs.ModeSymlink != 0 {
			cause = errors.New("the link leads nowhere")
		}
	}
	return fault.New(fault.ResourceNotFound, file, "%v", cause)
}

// yamlFiles lists the files that the paths name, and the graph files in the folders that they name. What cannot be looked
// at is told to failed and left out.
func yamlFiles(paths []string, failed func(file string, err error)) []string {
	var out []string
	for _, p := range paths {
		info, err := os.Stat(p)
		switch {
		case err != nil:
			failed(p, err)
		case info.IsDir():
			out = append(out, yamlIn(p, failed)...)
		default:
			out = append(out, p)
		}
	}
	return out
}

// yamlIn lists the graph files in a folder and those below it; links to other folders are not followed.
func yamlIn(folder string, failed func(string, error)) []string {
	var out []string
	_ = fs.WalkDir(os.DirFS(folder), ".", func(below string, d fs.DirEntry, err error) error {
		file := filepath.Join(folder, filepath.FromSlash(below))
		switch {
		case err != nil:
			failed(file, err)
		case below == ".":
		case ignored(d.Name()) && d.IsDir():
			return fs.SkipDir
		case !d.IsDir() && strings.HasSuffix(below, graphSuffix) && !ignored(d.Name()) && !leadsToFolder(file, d):
			out = append(out, file)
		}
		return nil
	})
	return out
}

func leadsToFolder(file string, d fs.DirEntry) bool {
	if d.Type()&fs.ModeSymlink == 0 {
		return false
	}
	info, err := os.Stat(file)
	return err == nil && info.IsDir()
}

// ignored tells whether the graphs store passes over a file or folder of that name.
func ignored(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~") || strings.HasPrefix(name, "#") || strings.HasSuffix(name, "~")
}
