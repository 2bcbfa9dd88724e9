package lint

import (
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/spec"
	"sluice/engine/value"
)

// Lack is an element that this machine would have if a package were installed, as whoever calls Check has found out.
type Lack struct {
	Element string
	Makes   media.Codec // that no other element here makes; "" if there is none
	Package string
}

// lacking warns of nodes that need what this machine lacks: they name the element, or ask for the codec that it makes. A
// codec that only a parameter or a session names is not known here, and is refused when such a graph is started.
func (g *graph) lacking() {
	for _, l := range g.lacks {
		for _, n := range g.nodes {
			at, needs := n.Element.Pos, n.Element.Text == l.Element
			if !needs {
				at, needs = n.asksFor(l.Makes)
			}
			if needs {
				g.at(at, "package_missing", "%s needs the element %q, which this machine lacks", n.called(), l.Element).
					Advise("as root, run: apt-get install --no-install-recommends %s", l.Package)
			}
		}
	}
}

// asksFor finds the setting in which a node that GStreamer runs names a codec to make.
func (n *node) asksFor(c media.Codec) (spec.Pos, bool) {
	if c == "" || n.elem == nil || n.elem.Domain != element.Gst {
		return spec.Pos{}, false
	}
	for _, f := range n.elem.Fields {
		if f.Constraint.Type != value.Codec {
			continue
		}
		if word, ok := n.literal(f.Name); !ok || word != string(c) {
			continue
		}
		for _, e := range n.Set {
			if e.Key.Text == f.Name {
				return e.Value.Pos, true
			}
		}
	}
	return spec.Pos{}, false
}
