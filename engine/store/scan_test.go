package store

import (
	"io/fs"
	"testing"
)

// closed is a file system in which one folder cannot be looked into.
type closed struct {
	fs.FS
	dir string
	err error
}

func (c closed) Open(name string) (fs.File, error) {
	if name == c.dir {
		return nil, &fs.PathError{Op: "open", Path: name, Err: c.err}
	}
	return c.FS.Open(name)
}

// A folder that cannot be looked into hides what is in it; one that went meanwhile has nothing to hide.
func TestScanClosedFolder(t *testing.T) {
	files := shipped(map[string]string{"a.yaml": graph(""), "sub/b.yaml": graph(""), "subway/c.yaml": graph("")})
	for _, c := range []struct {
		dir    string
		err    error
		files  int
		hidden bool // sub/b.yaml may still be there
	}{
		{"sub", fs.ErrPermission, 2, true},
		{"sub", fs.ErrNotExist, 2, false},
		{".", fs.ErrPermission, 0, true},
		{".", fs.ErrNotExist, 0, true},
	} {
		got := scan(closed{files, c.dir, c.err}, scanning{shown: "graphs", most: 10})
		if len(got.files) != c.files || got.unseen("sub/b.yaml") != c.hidden || got.unseen("a.yaml") != (c.files == 0) {
			t.Errorf("%s, %v: %d files, blind to %q", c.dir, c.err, len(got.files), got.blind)
		}
		if len(got.diags) == 0 == c.hidden {
			t.Errorf("%s, %v: diagnostics %v", c.dir, c.err, got.diags)
		}
	}
	got := scan(closed{files, "a.yaml", fs.ErrPermission}, scanning{shown: "graphs", most: 10})
	if f := got.files["a.yaml"]; f == nil || !f.failed() || len(got.files) != 3 {
		t.Errorf("an unreadable file: %+v", f)
	}
}
