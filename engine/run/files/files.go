// Package files tells which files a plan reads and writes, as far as settings of its GStreamer elements name them. It is the
// only list of such settings, and the only place that knows what names with numbers in them stand for. It opens nothing, and
// says nothing of what lies behind addresses ("rtmp://…") and descriptors.
package files

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/plan"
)

// File is what one setting of an element names: a file, or many that a pattern such as "part%05d.ts" stands for.
type File struct {
	Node    string // whose element it is
	Factory string
	Setting string
	Index   int    // of the setting in the element's Props; -1 if it is not set, and the element has a default
	Path    string // as the element gets it, secrets revealed, and cleaned: show Name to people
	Secret  bool
	Many    bool // Path is a pattern
	Written bool // else it is read
	Media   bool // it holds the media: else it is a playlist, or something an element keeps for itself
}

// Name is the path as it may be shown: "***" if it holds a secret.
func (f File) Name() string {
	if f.Secret {
		return "***"
	}
	return f.Path
}

// Specs finds the description of a factory.
type Specs func(factory string) (*element.Spec, bool)

// Of lists the files of a plan, in its order.
func Of(p *plan.Plan, specs Specs) []File {
	var out []File
	for _, l := range p.Pipelines {
		for i := range l.Elements {
			out = append(out, OfElement(&l.Elements[i], specs)...)
		}
	}
	return out
}

// OfElement lists the files of one element, in the order of its settings, and then those that it has by default.
func OfElement(e *plan.Element, specs Specs) []File {
	s, known := specs(e.Factory)
	if !known {
		return nil
	}
	var out []File
	for i, p := range e.Props {
		if f, ok := file(e, s, p.Name, p.Reveal()); ok {
			f.Index, f.Secret = i, p.Secret
			out = append(out, f)
		}
	}
	for _, name := range names() {
		if slices.ContainsFunc(e.Props, func(p plan.Setting) bool { return p.Name == name }) {
			continue
		}
		if f, ok := file(e, s, name, byDefault(s, name)); ok {
			f.Index = -1
			out = append(out, f)
		}
	}
	return out
}

// location is what nearly all elements call the file they are about.
const location = "location"

// names lists the settings that name files. What they name is read or written as the element's ports have it, but for those
// that muxers and encoders keep beside the stream, which are always written.
func names() []string { return append([]string{location, "playlist-location"}, kept()...) }

func kept() []string { return []string{"moov-recovery-file", "faststart-file", "multipass-cache-file"} }

// byDefault is what a setting is when nobody sets it.
func byDefault(s *element.Spec, name string) string {
	if s.Name == "multifilesink" && name == location {
		return "%05d" // GStreamer 1.22 has it in the code, and no default in the property
	}
	if slices.Contains(kept(), name) {
		return "" // they are used only if other settings say so
	}
	if f, ok := s.Field(name); ok {
		text, _ := f.Default.(string)
		return text
	}
	return ""
}

// file tells what a setting names; false if it is no file.
func file(e *plan.Element, s *element.Spec, setting, text string) (File, bool) {
	if !slices.Contains(names(), setting) || text == "" {
		return File{}, false
	}
	if path, ok := strings.CutPrefix(text, "file://"); ok {
		text = path
	}
	if strings.Contains(text, "://") {
		return File{}, false
	}
	sink := len(s.In()) > 0 && len(s.Out()) == 0
	f := File{
		Node: e.Node, Factory: e.Factory, Setting: setting, Path: filepath.Clean(text),
		Media: setting == location, Written: sink || slices.Contains(kept(), setting),
	}
	f.Many = f.Media && !slices.Contains(single(), e.Factory) && (wild(e.Factory) || number.MatchString(text))
	return f, true
}

// single lists the factories that take a per cent sign as it is.
func single() []string { return []string{"filesrc", "filesink", "pushfilesrc", "giosrc", "giosink"} }

// wild tells whether a factory reads many files by shell patterns.
func wild(factory string) bool { return factory == "splitfilesrc" || factory == "splitmuxsrc" }

// number is where sprintf puts a number.
var number = regexp.MustCompile(`%[-+ #0]*[0-9]*(\.[0-9]+)?[hl]*([diuxXo])`)
