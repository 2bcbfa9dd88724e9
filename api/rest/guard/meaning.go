package guard

import (
	"fmt"
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/plan"
	"sluice/engine/value"
)

// sort says what the text of a setting means.
type sort uint8

const (
	nothing   sort = iota // that is of interest here
	aFile                 // or an address
	anAddress             // or a file
	aHost
	anElement // the name of an element, or settings of one
	options   // of a library, some of which name files
)

// meaning reads off its name what a setting of a GStreamer element means. The names are those of GStreamer 1.22's properties, one
// word of them being enough: "ssl-ca-file".
func meaning(name string) sort {
	for word := range strings.SplitSeq(name, "-") {
		switch word {
		case "factory", "properties":
			return anElement
		case "location", "file", "files", "filename", "path", "paths", "profile", "device", "dir", "directory", "keyfile", "pubkeyfile",
			"privkeyfile", "knownhosts", "socket", "shm", "template", "command", "pem", "certificate", "plugin":
			return aFile
		case "uri", "suburi", "url", "baseurl", "proxy":
			return anAddress
		case "host", "address", "addresses", "localaddress", "ip", "clients", "server":
			return aHost
		case "option", "options":
			return options
		}
	}
	return nothing
}

// harmless lists elements without input or output that touch nothing outside their pipeline.
func harmless() []string {
	return []string{
		"appsrc", "appsink", "fakesrc", "fakesink", "fakeaudiosink", "fakevideosink", "videotestsrc", "audiotestsrc", "checksumsink",
		"dtmfsrc", "rtpdtmfsrc", "tonegeneratesrc", "flitetestsrc",
	}
}

// defaults are the texts that an element has where nothing is set.
func defaults(s *element.Spec, set []plan.Setting) []plan.Setting {
	var out []plan.Setting
	for _, f := range s.Fields {
		text, ok := f.Default.(string)
		given := slices.ContainsFunc(set, func(o plan.Setting) bool { return o.Name == f.Name })
		if !ok || given || f.ReadOnly || meaning(f.Name) == anElement {
			continue
		}
		out = append(out, plan.Setting{Name: f.Name, Type: value.String, Text: text})
	}
	return out
}

func hasAny(text string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(strings.ToLower(text), w) })
}

func place(key string, i int) string { return fmt.Sprintf("%s[%d]", key, i) }
