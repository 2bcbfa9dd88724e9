package process

import (
	"slices"
	"strings"
)

// allowed lists the variables that a worker may inherit; those that end with * by their beginning. Whatever else the
// server was started with, tokens and passwords among it, stays with the server.
func allowed() []string {
	return []string{
		"PATH", "HOME", "LANG", "LC_*", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "XDG_CACHE_HOME", "XDG_DATA_DIRS", "XDG_RUNTIME_DIR",
		"GST_*", "ORC_*", "FONTCONFIG_*", "LIBVA_*", "CUDA_*", "NVIDIA_*", "DISPLAY", "WAYLAND_DISPLAY", "GOTRACEBACK", "GOCOVERDIR",
		"GORACE", "SSL_CERT_FILE", "SSL_CERT_DIR",
	}
}

// Environment picks what a worker inherits, and adds to it; of two values of one name the later counts.
func Environment(inherited, added []string) []string {
	var out []string
	for _, v := range inherited {
		name, _, _ := strings.Cut(v, "=")
		if slices.ContainsFunc(allowed(), func(a string) bool {
			prefix, open := strings.CutSuffix(a, "*")
			return a == name || open && strings.HasPrefix(name, prefix)
		}) {
			out = append(out, v)
		}
	}
	return append(out, added...)
}
