package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sluice/engine/fault"
)

// The oldest GStreamer that sluice is built and tested with.
const oldestMajor, oldestMinor = 1, 22

const setUp = "as root, run: .ci/setup run"

func gstreamer(_ context.Context, m *Machine) []Finding {
	if m.Pure {
		return bad(Warn, "this build has none: streams can be published and played, and not converted",
			"build it with `make build`, where GStreamer's headers are installed (.ci/setup build)")
	}
	live, err := m.Live()
	var f *fault.Fault
	switch {
	case errors.As(err, &f):
		return bad(Fail, f.Msg, cmp.Or(f.Hint, setUp))
	case err != nil:
		return bad(Fail, err.Error(), setUp)
	}
	major, minor, ok := version(live.Source())
	if !ok {
		return skipped("%s: its version cannot be told", live.Source())
	}
	if major < oldestMajor || major == oldestMajor && minor < oldestMinor {
		return bad(Fail, fmt.Sprintf("%s is too old", live.Source()),
			fmt.Sprintf("install GStreamer %d.%d or newer: Debian 12 has it", oldestMajor, oldestMinor))
	}
	return good("%s, %d elements", live.Source(), len(live.Names()))
}

var versionText = regexp.MustCompile(`(\d+)\.(\d+)`)

func version(source string) (major, minor int, ok bool) {
	m := versionText.FindStringSubmatch(source)
	if m == nil {
		return 0, 0, false
	}
	major, err1 := strconv.Atoi(m[1])
	minor, err2 := strconv.Atoi(m[2])
	return major, minor, errors.Join(err1, err2) == nil
}

// elements loads the plugin of every element that may be needed: one that is listed but does not load is missing, too.
func elements(_ context.Context, m *Machine) []Finding {
	live, err := m.Live()
	if err != nil {
		return skipped("without GStreamer there are none")
	}
	missing := map[string][]Need{} // by package
	for _, n := range m.Needs {
		if _, ok := live.Factory(n.Factory); ok {
			continue
		}
		pack := ""
		if f, ok := m.Known.Factory(n.Factory); ok {
			pack = f.Package
		}
		missing[pack] = append(missing[pack], n)
	}
	if len(missing) == 0 {
		return good("all %d that shipped graphs and sluice's own elements can need", len(m.Needs))
	}
	var out []Finding
	for _, pack := range slices.Sorted(maps.Keys(missing)) {
		out = append(out, lacking(pack, missing[pack]))
	}
	return out
}

// lacking is the finding of one package. What a shipped graph needs is a failure; what only some settings of an element
// need is a warning.
func lacking(pack string, list []Need) Finding {
	f := Finding{Level: Warn, Do: "as root, run: apt-get install --no-install-recommends " + pack}
	if pack == "" {
		f.Do = "no package that sluice knows brings it; `gst-inspect-1.0 " + list[0].Factory + "` may tell why it does not load"
	}
	words := make([]string, 0, len(list))
	for _, n := range list {
		if n.Graph {
			f.Level = Fail
		}
		words = append(words, fmt.Sprintf("%s (for %s)", n.Factory, n.By))
	}
	f.Says = "missing: " + strings.Join(words, ", ")
	return f
}

// bcg729 is the file name by which the encoder is loaded.
const bcg729 = "libbcg729.so.0"

func g729(_ context.Context, m *Machine) []Finding {
	if file, ok := m.library(bcg729); ok {
		return good("%s", file)
	}
	return bad(Warn, bcg729+" is not installed: G.729 can be decoded, and not made; telephones that take nothing else hear little",
		"as root, run: apt-get install --no-install-recommends libbcg729-0")
}

// library finds a shared library where the dynamic linker would: in LD_LIBRARY_PATH, its cache, and its usual folders.
func (m *Machine) library(name string) (string, bool) {
	var places []string
	for _, folder := range strings.Split(m.Env("LD_LIBRARY_PATH"), ":") {
		if strings.HasPrefix(folder, "/") {
			places = append(places, path.Join(folder, name))
		}
	}
	// The cache is a list of offsets, then names and paths that end with NUL: ld.so(8).
	for _, word := range strings.Split(m.text("etc/ld.so.cache"), "\x00") {
		if strings.HasPrefix(word, "/") && path.Base(word) == name {
			places = append(places, word)
		}
	}
	for _, folder := range []string{"/lib", "/usr/lib", "/usr/local/lib", "/lib64", "/usr/lib64"} {
		places = append(places, path.Join(folder, name))
	}
	for _, p := range places {
		if _, err := fs.Stat(m.Root, strings.TrimPrefix(p, "/")); err == nil {
			return p, true
		}
	}
	return "", false
}

// cache checks the folder of GStreamer's registry. Without it every start loads every plugin, which takes a second instead of
// 20 ms (measured, 1.22).
func cache(_ context.Context, m *Machine) []Finding {
	if _, err := m.Live(); err != nil {
		return skipped("without GStreamer there is none")
	}
	folder := path.Join(cmp.Or(m.Env("XDG_CACHE_HOME"), path.Join(cmp.Or(m.Env("HOME"), "/"), ".cache")), "gstreamer-1.0")
	if file := m.Env("GST_REGISTRY"); file != "" {
		folder = path.Dir(file)
	}
	s, err := m.System.Space(folder)
	if err != nil || !s.Writable {
		return bad(Warn, folder+" cannot be written: every start will load all plugins, which takes a second",
			"make it writable, or set GST_REGISTRY to a file in a folder that is")
	}
	return good("%s", folder)
}
