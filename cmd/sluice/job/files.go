package job

import (
	"os"

	"sluice/engine/plan"
	"sluice/engine/run/files"
)

// file is what an element of a plan reads or writes.
type file struct {
	files.File
	graph string
}

func (f file) place() string { return f.graph + "/" + f.Node }

// inputs lists the files that a plan reads, as far as settings tell.
func inputs(p *plan.Plan, specs files.Specs) []file { return named(p, specs, false) }

// outputs lists the files that a plan writes, as far as settings tell.
func outputs(p *plan.Plan, specs files.Specs) []file { return named(p, specs, true) }

func named(p *plan.Plan, specs files.Specs, written bool) []file {
	var out []file
	for _, f := range files.Of(p, specs) {
		if f.Written == written {
			out = append(out, file{f, p.Graph})
		}
	}
	return out
}

// there lists the regular files that there are. Devices and pipes cannot be overwritten.
func (f file) there() []string {
	var out []string
	for _, path := range f.There() {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			out = append(out, path)
		}
	}
	return out
}

// name is one of the files as it may be shown.
func (f file) name(path string) string {
	if f.Secret {
		return f.Name()
	}
	return path
}

// folder is where it is made, as it may be shown.
func (f file) folder() string {
	if f.Secret {
		return f.Name()
	}
	return f.Folder()
}

// Output is a file that was written.
type Output struct {
	Node  string `json:"node"`
	Path  string `json:"path"` // "***" if it holds a secret
	Bytes int64  `json:"bytes"`
	// Regular says that Bytes means something: nothing is known of what went into a device or a pipe.
	Regular bool `json:"regular"`

	at string // the path, secret or not
}

// written lists what there is of the files that a plan writes.
func written(list []file) []Output {
	var out []Output
	for _, f := range list {
		for _, path := range f.There() {
			info, err := os.Stat(path)
			if err != nil {
				continue
			}
			o := Output{Node: f.Node, Path: f.name(path), Regular: info.Mode().IsRegular(), at: path}
			if o.Regular {
				o.Bytes = info.Size()
			}
			out = append(out, o)
		}
	}
	return out
}
