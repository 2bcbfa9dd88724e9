// Package catalog holds what is known of GStreamer's elements: their pads, properties, limits and where they come
// from. It is plain data, from a snapshot kept as a text file or from whoever asks GStreamer itself; this package never
// does, so that graphs can be linted and planned on machines without it.
package catalog

import "sluice/engine/value"

// Catalog answers questions about GStreamer's element factories. Implementations are safe for concurrent use; what
// they return is shared and must not be changed.
type Catalog interface {
	// Factory finds a factory by name.
	Factory(name string) (*Factory, bool)
	// Names lists all factories, sorted.
	Names() []string
	// Source says where the answers come from, such as "GStreamer 1.22.0 (snapshot)".
	Source() string
}

// Licence is that of the plugin that has a factory, in GStreamer's words; "" if there is no such factory. A catalogue that has a
// method of this name knows it without loading what it describes.
func Licence(c Catalog, name string) string {
	if l, ok := c.(interface{ Licence(string) string }); ok {
		return l.Licence(name)
	}
	f, ok := c.Factory(name)
	if !ok {
		return ""
	}
	return f.Licence
}

// Factory describes one kind of GStreamer element.
type Factory struct {
	Name       string // "x264enc"
	Plugin     string // "x264"
	File       string // the plugin's file without folders, "libgstx264.so"; empty for what is inside the core library
	Package    string // the Debian package that ships the file; empty if not known
	Licence    string // of the plugin, in GStreamer's words: "LGPL", "GPL", "MIT/X11"; of libav's, that of the library
	Rank       int    // 256 primary, 128 secondary, 64 marginal, 0 never chosen by itself
	Klass      string // "Codec/Encoder/Video"
	LongName   string
	About      string
	Pads       []Pad      // by name
	Properties []Property // base classes' first, in the order in which the classes declare them
}

// Property finds a property by name.
func (f *Factory) Property(name string) (Property, bool) { return find(f.Properties, name) }

// Pad is a pad template.
type Pad struct {
	Name       string     // "sink", "src_%u"
	Direction  string     // "src" or "sink"
	Presence   string     // "always", "sometimes" or "request"
	Caps       string     // as caps.Parse reads it
	Properties []Property // of the pad itself, such as a mixer's xpos; mostly none
}

// Property finds a property of the pad by name.
func (p Pad) Property(name string) (Property, bool) { return find(p.Properties, name) }

func find(list []Property, name string) (Property, bool) {
	for _, p := range list {
		if p.Name == name {
			return p, true
		}
	}
	return Property{}, false
}

// Property is a property of an element or pad. "name" and "parent", which every element has, are left out.
type Property struct {
	Name       string
	Blurb      string           // GStreamer's own words
	Type       string           // GStreamer's type: "guint", "GstX264EncTune"
	Constraint value.Constraint // a type without a place in the graph language is a value.String
	Default    any              // of the constraint's Go type; nil if there is none, or none that the type can hold
	Flags      []string         // the words of a flags type, which are joined with "+"
	Readable   bool
	Writable   bool
	Construct  bool // can be set only when the element is made
	// Playing, Paused and Ready say up to which state the property may be changed; Playing includes Paused and Ready.
	// All are false where the element does not say.
	Playing    bool
	Paused     bool
	Ready      bool
	Deprecated bool
}
