package lint

import (
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/spec"
)

// kinds is a set of kinds of media.
type kinds uint8

// every is what is said of a port about which nothing is known.
const every kinds = 1<<4 - 1

func kindOrder() []media.Kind { return []media.Kind{media.Audio, media.Video, media.Data, media.Mux} }

func setOf(list []media.Kind) kinds {
	if len(list) == 0 {
		return every
	}
	var out kinds
	for i, k := range kindOrder() {
		for _, l := range list {
			if l == k {
				out |= 1 << i
			}
		}
	}
	return out
}

// container is the kind of media that holds others.
func container() kinds { return setOf([]media.Kind{media.Mux}) }

func (k kinds) single() bool { return k != 0 && k&(k-1) == 0 }

// String reads "audio and video".
func (k kinds) String() string {
	var words []string
	for i, kind := range kindOrder() {
		if k&(1<<i) == 0 {
			continue
		}
		word := string(kind)
		if kind == media.Mux {
			word = "a container"
		}
		words = append(words, word)
	}
	switch n := len(words); n {
	case 0:
		return "nothing"
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
}

// gives tells which kinds may come out of a source port. What passes an element unseen is what comes in.
func (c *check) gives(p *port) kinds {
	p = p.root()
	if k, ok := c.media.gives[p]; ok {
		return k
	}
	c.media.gives[p] = p.declared() // for circles
	k := p.declared()
	switch n := p.node; {
	case n.converts() || n.decodes():
		if in := c.arrives(n); in&container() == 0 || n.converts() {
			k &= in
		}
	case p.Anything() && n.passes():
		k &= c.arrives(n)
	}
	c.media.gives[p] = k
	return k
}

// declared is what the port's description and the setting kind= say.
func (p *port) declared() kinds {
	k := setOf(p.Kinds)
	if n := p.node; n.elem != nil && element.Own(n.elem.Name) {
		if word, ok := n.literal("kind"); ok {
			if only := setOf([]media.Kind{media.Kind(word)}); only != 0 {
				k &= only
			}
		}
	}
	return k
}

// converts tells whether the node's outputs are its inputs in another form, port by port.
func (n *node) converts() bool {
	return n.elem != nil && (n.elem.Name == "convert" || n.elem.Name == "decode")
}

// decodes tells whether the node is like decodebin: it takes anything, and has a pad for each thing it found inside. Its one
// template is then a pad that appears sometimes, with a number; what multiqueue gives out so is what came in by that number.
func (n *node) decodes() bool {
	if !n.passes() {
		return false
	}
	found := func(p element.Port) bool { return p.Presence == element.Sometimes }
	whole := func(p element.Port) bool { return p.Presence == element.Always }
	out := n.elem.Out()
	return len(out) > 1 || slices.ContainsFunc(out, found) && slices.ContainsFunc(n.elem.In(), whole)
}

// passes tells whether an element takes anything on all its sinks, as queue, tee and capsfilter do.
func (n *node) passes() bool {
	if n.elem == nil || n.elem.Domain != element.Gst {
		return false
	}
	in := n.elem.In()
	for _, p := range in {
		if !p.Anything() {
			return false
		}
	}
	return len(in) > 0
}

// arrives tells which kinds may come into a node. An exported sink may bring anything that it takes.
func (c *check) arrives(n *node) kinds {
	var out kinds
	for _, w := range n.in {
		out |= c.flow(w)
	}
	if len(n.in) == 0 || slices.ContainsFunc(n.ports, func(p *port) bool { return p.Dir == element.Sink && n.exported(p) }) {
		return every
	}
	return out
}

// flow tells which kinds go over a wire; every if that is not known, or if none do, which is reported there.
func (c *check) flow(w *wire) kinds {
	if !w.known() {
		return every
	}
	if k := c.givenBy(w) & c.takenBy(w); k != 0 {
		return k
	}
	return every
}

// givenBy is what comes out of a wire's source and through its caps.
func (c *check) givenBy(w *wire) kinds {
	var out kinds
	for _, p := range w.from.ports {
		out |= c.gives(p)
	}
	for _, h := range w.caps {
		out &= c.kindsOfCaps(h.Caps)
	}
	return out
}

func (c *check) takenBy(w *wire) kinds {
	var out kinds
	for _, p := range w.to.ports {
		out |= p.root().declared()
	}
	return out
}

func (c *check) kindsOfCaps(t spec.Text) kinds {
	parsed := c.capsOf(t.Text)
	if parsed.err != nil || parsed.caps.IsAny() {
		return every
	}
	return setOf(parsed.kinds)
}
