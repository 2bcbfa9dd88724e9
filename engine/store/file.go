package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"sluice/engine/fault"
	"sluice/engine/spec"
)

const (
	suffix      = ".yaml"
	shippedName = "shipped" // stands in diagnostics for the folder of the graphs that come with sluice
	sizeLimit   = 1 << 20   // bytes of a file, as the parser has it: one that is longer is not even read
)

// file is one file as read at one time. It is immutable.
type file struct {
	path    string // below its folder, with slashes: "live/rtmp.yaml"
	shown   string // as diagnostics call it
	shipped bool
	gone    bool   // it was listed, or is linked to, and is not there
	hash    string // of the content; of the error, if it could not be read
	graphs  []*spec.Graph
	diags   []spec.Diagnostic
}

// tree is files by path.
type tree map[string]*file

// failed tells whether the file itself has errors.
func (f *file) failed() bool {
	for _, d := range f.diags {
		if d.Severity == spec.Error {
			return true
		}
	}
	return false
}

// same tells whether two versions of a path, of which either may be absent, have the same content.
func same(a, b *file) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.hash == b.hash && a.shipped == b.shipped
}

// readFile reads and parses a file, or gives the known version if its content is the same.
func readFile(in fs.FS, name string, how scanning) *file {
	f := &file{path: name, shown: how.name(name), shipped: how.shipped}
	data, err := content(in, name)
	if err != nil {
		d := unreadable(f.shown, err)
		if long, ok := errors.AsType[tooLong](err); ok {
			d = tooLarge(f.shown, int64(long))
		}
		f.gone = errors.Is(err, fs.ErrNotExist)
		f.hash, f.diags = "unreadable: "+d.Msg, []spec.Diagnostic{d}
		return f
	}
	sum := sha256.Sum256(data)
	f.hash = hex.EncodeToString(sum[:])
	if old := how.known[name]; same(old, f) {
		return old
	}
	f.graphs, f.diags = spec.Parse(f.shown, strings.TrimSuffix(name, suffix), data)
	return f
}

// content reads a regular file; a pipe or device that is called x.yaml would block or never end.
func content(in fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(in, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fault.New(fault.InvalidRequest, "", "it is not a regular file")
	}
	if info.Size() > sizeLimit {
		return nil, tooLong(info.Size())
	}
	f, err := in.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, sizeLimit+1)) // it may have grown since; then the parser refuses it
}

// tooLong is the size of a file that is not read because of it.
type tooLong int64

func (t tooLong) Error() string { return fmt.Sprintf("it has %d bytes", int64(t)) }

// tooLarge is the diagnostic for a file of that many bytes, which is more than a graph may have.
func tooLarge(shown string, size int64) spec.Diagnostic {
	var r spec.Report
	r.Errorf(spec.Pos{File: shown, Line: 1, Col: 1}, spec.CodeFileTooLarge, "the file has %d bytes, more than %d", size, sizeLimit).
		Advise("a graph is a few kilobytes; is this the right file?")
	return r.List()[0]
}

// unreadable is the diagnostic for a file or folder that cannot be read.
func unreadable(shown string, err error) spec.Diagnostic {
	cause := err
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		cause = pe.Err
	}
	var r spec.Report
	r.Errorf(spec.Pos{File: shown, Line: 1, Col: 1}, "file_unreadable", "it cannot be read: %v", cause).
		Advise("check its permissions; symbolic links must be relative and stay inside the folder")
	return r.List()[0]
}

// ignored tells whether a file or folder of that name is not ours: hidden, or the temporary file of an editor.
func ignored(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~") || strings.HasPrefix(name, "#") || strings.HasSuffix(name, "~")
}

// name is what diagnostics call a path.
func (h scanning) name(below string) string {
	if h.shipped {
		return path.Join(h.shown, below)
	}
	return filepath.Join(h.shown, filepath.FromSlash(below))
}

// relative is the path of a shipped file from its name in diagnostics.
func relative(shown string) string { return strings.TrimPrefix(shown, shippedName+"/") }
