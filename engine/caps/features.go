package caps

import (
	"slices"
	"strings"
)

const systemMemory = "memory:SystemMemory"

// features say where a buffer's bytes lie and what travels with them: "memory:DMABuf", "meta:Name". None means plain
// system memory.
type features struct {
	any   bool
	names []string
}

func (f features) text() string {
	if f.any {
		return "(ANY)"
	}
	if len(f.names) == 0 {
		return ""
	}
	return "(" + strings.Join(f.names, ", ") + ")"
}

// same says whether buffers with one set of features suit a pad with the other: GStreamer wants the sets equal, and
// ANY is equal to every set.
func (f features) same(g features) bool {
	if f.any || g.any {
		return true
	}
	if len(f.names) != len(g.names) {
		return false
	}
	for _, n := range f.names {
		if !slices.Contains(g.names, n) {
			return false
		}
	}
	return true
}

// narrower is the stricter one of two features that are the same.
func (f features) narrower(g features) features {
	if f.any {
		return g
	}
	return f
}

// newFeatures drops doubles, and system memory where it stands alone, as that is what no features mean.
func newFeatures(names []string) features {
	var f features
	for _, n := range names {
		if !slices.Contains(f.names, n) {
			f.names = append(f.names, n)
		}
	}
	if len(f.names) == 1 && f.names[0] == systemMemory {
		f.names = nil
	}
	return f
}

// validFeature wants letters, a colon, a letter, and then letters and digits (GStreamer 1.22,
// gst_caps_features_add warns about and drops all others).
func validFeature(name string) bool {
	kind, rest, ok := strings.Cut(name, ":")
	if !ok || rest == "" || !isAlpha(rest[0]) {
		return false
	}
	for i := range len(kind) {
		if !isAlpha(kind[i]) {
			return false
		}
	}
	for i := range len(rest) {
		if !isAlpha(rest[i]) && !isDigit(rest[i]) {
			return false
		}
	}
	return true
}

func isAlpha(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }
