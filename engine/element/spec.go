// Package element is the contract between graphs and what runs in them: how an element describes itself, and what it
// must do to be made, started and stopped. From descriptions alone come linting, planning, JSON Schema, documentation
// and the skeletons of new graphs. The package runs nothing and knows no element by name.
package element

import (
	"slices"
	"strings"

	"sluice/engine/media"
)

// Domain says where an element lives.
type Domain string

// The domains. A link between two of them gets a bridge.
const (
	Go  Domain = "go"
	Gst Domain = "gst"
)

// Status says how far an element can be relied on.
type Status string

// The statuses.
const (
	Stable Status = "stable"
	Beta   Status = "beta"
	// Planned elements are described, so that graphs with them can be linted and planned, but this build cannot run
	// them: starting one is element_unavailable.
	Planned Status = "planned"
)

// Spec describes one kind of element. It is immutable once in a registry.
type Spec struct {
	Name     string   // "rtmp.in", "x264enc"
	About    string   // one sentence
	Domain   Domain   // where it lives unless Builder.Domain says otherwise for a configuration
	Status   Status   // "" means Stable
	Klass    string   // GStreamer's words for its use: "Codec/Encoder/Video"; ours use the same
	Package  string   // Debian package that brings it; "" if it is part of sluice
	Ports    []Port   // in a fixed order
	Fields   []Field  // in a fixed order
	Sessions []string // it speaks for one of these sessions: "browser", "phone", …; empty if for none
	Demand   bool     // it has readers who come and go, and reports when there are none: lazy works before it
	Actions  []Action
	Examples []string // node texts, each of which lints
}

// Action is something an element can be asked to do while it runs.
type Action struct {
	Name  string
	About string
	Args  []Field
}

// Is tells whether the element's class contains a word, such as "Encoder", "Muxer" or "Sink/Network".
func (s *Spec) Is(word string) bool { return strings.Contains("/"+s.Klass+"/", "/"+word+"/") }

// Own tells whether the element is sluice's, not a GStreamer factory. Only sluice's names have a dot, but for
// convert and decode.
func Own(name string) bool {
	return strings.Contains(name, ".") || name == "convert" || name == "decode"
}

// Field finds a field by name.
func (s *Spec) Field(name string) (Field, bool) {
	i := slices.IndexFunc(s.Fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return s.Fields[i], true
}

// In gives the ports that take media.
func (s *Spec) In() []Port { return s.ports(Sink) }

// Out gives the ports that give media.
func (s *Spec) Out() []Port { return s.ports(Source) }

func (s *Spec) ports(d Dir) []Port {
	var out []Port
	for _, p := range s.Ports {
		if p.Dir == d {
			out = append(out, p)
		}
	}
	return out
}

// Kinds lists the kinds of media that a direction carries, in port order; nil if any kind may pass.
func (s *Spec) Kinds(d Dir) []media.Kind {
	var out []media.Kind
	for _, p := range s.ports(d) {
		if p.Anything() {
			return nil
		}
		for _, k := range p.Kinds {
			if !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	return out
}
