package lint

import (
	"strings"

	"sluice/engine/caps"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/spec"
)

// mediaMemo remembers answers about caps and kinds within one run: two hundred graphs ask the same few questions.
type mediaMemo struct {
	parsed  map[string]*parsedCaps
	clashes map[[2]*parsedCaps]string
	gives   map[*port]kinds
	reached map[*port]map[*port]bool // of a fragment's sink port: the exported source ports behind it
}

// parsedCaps is a text with its caps. The same text is always the same parsedCaps.
type parsedCaps struct {
	text  string
	caps  caps.Caps
	err   error
	kinds []media.Kind
}

func newMediaMemo() mediaMemo {
	return mediaMemo{
		parsed: map[string]*parsedCaps{}, clashes: map[[2]*parsedCaps]string{},
		gives: map[*port]kinds{}, reached: map[*port]map[*port]bool{},
	}
}

// capsOf reads caps. Of caps with references only the media types count: nobody knows their values yet.
func (c *check) capsOf(text string) *parsedCaps {
	if p, ok := c.media.parsed[text]; ok {
		return p
	}
	p := &parsedCaps{text: text}
	switch {
	case text == "":
		p.caps = caps.Any()
	case strings.Contains(text, "$"):
		p.caps, p.err = caps.Parse(typesOf(text))
	default:
		p.caps, p.err = caps.Parse(text)
	}
	if p.err == nil {
		p.kinds = kindsOf(p.caps)
	}
	c.media.parsed[text] = p
	return p
}

func kindsOf(c caps.Caps) []media.Kind { return element.KindsOf(strings.Join(c.MediaTypes(), "; ")) }

// typesOf leaves the media types of caps with references, with any features.
func typesOf(text string) string {
	var types []string
	for part := range strings.SplitSeq(text, ";") {
		name, _, _ := strings.Cut(part, ",")
		name, _, _ = strings.Cut(name, "(")
		if name = strings.TrimSpace(name); strings.Contains(name, "$") || !strings.Contains(name, "/") {
			return "ANY"
		}
		types = append(types, name+"(ANY)")
	}
	return strings.Join(types, "; ")
}

// clash says why two caps never meet, "" if they may.
func (c *check) clash(a, b *parsedCaps) string {
	if a.err != nil || b.err != nil || a == b {
		return ""
	}
	key := [2]*parsedCaps{a, b}
	why, ok := c.media.clashes[key]
	if !ok {
		why = caps.Clash(a.caps, b.caps)
		c.media.clashes[key] = why
	}
	return why
}

// meet is what two caps have in common.
func (c *check) meet(a, b *parsedCaps) *parsedCaps {
	switch {
	case a == b || b.caps.IsAny() || b.err != nil:
		return a
	case a.caps.IsAny() || a.err != nil:
		return b
	}
	key := "(" + a.text + ") and (" + b.text + ")"
	if p, ok := c.media.parsed[key]; ok {
		return p
	}
	both := caps.Intersect(a.caps, b.caps)
	if both.IsEmpty() {
		return a // reported where they meet
	}
	p := &parsedCaps{text: key, caps: both, kinds: kindsOf(both)}
	c.media.parsed[key] = p
	return p
}

// barrier is a place in a wire where caps do not meet.
type barrier struct {
	why string
	hop *spec.Hop // the caps; nil if it is the sink port itself
}

// passage tells whether media can go from one port through a wire's caps into another, and if not, where it ends.
func (c *check) passage(from *port, w *wire, to *port) (barrier, bool) {
	have := c.comesOut(from, 0)
	for _, h := range w.caps {
		next := c.capsOf(h.Caps.Text)
		if why := c.clash(have, next); why != "" {
			return barrier{why, h}, false
		}
		have = c.meet(have, next)
	}
	if why := c.clash(have, c.goesIn(to)); why != "" {
		return barrier{why: why}, false
	}
	return barrier{}, true
}

// goesIn gives the caps of a sink port, which a capsfilter narrows.
func (c *check) goesIn(p *port) *parsedCaps {
	p = p.root()
	if text, ok := p.node.capsSetting(); ok {
		return c.capsOf(text)
	}
	return c.capsOf(p.Caps)
}

// maxPassing bounds how many elements that pass anything are looked through.
const maxPassing = 8

// comesOut gives the caps of a source port: its own, and behind elements that pass anything what came in.
func (c *check) comesOut(p *port, depth int) *parsedCaps {
	p = p.root()
	have := c.capsOf(p.Caps)
	n := p.node
	if info, ok := n.target(); ok {
		if p.Carries(info.Kind) {
			return c.capsOf(info.MediaType)
		}
		return c.capsOf("")
	}
	if !n.passes() || n.decodes() || depth == maxPassing {
		return have
	}
	if text, ok := n.capsSetting(); ok {
		have = c.meet(have, c.capsOf(text))
	}
	if len(n.in) != 1 || !n.in[0].known() || len(n.in[0].from.ports) != 1 {
		return have
	}
	w := n.in[0]
	have = c.meet(have, c.comesOut(w.from.ports[0], depth+1))
	for _, h := range w.caps {
		have = c.meet(have, c.capsOf(h.Caps.Text))
	}
	return have
}

// target is the codec that a convert node makes, if it is written out. What is of another kind it leaves as it is.
func (n *node) target() (media.CodecInfo, bool) {
	if !n.converts() {
		return media.CodecInfo{}, false
	}
	word, _ := n.literal("codec")
	return media.Codec(word).Info()
}

// capsSetting is the caps of a capsfilter.
func (n *node) capsSetting() (string, bool) {
	if n.elem.Name != "capsfilter" {
		return "", false
	}
	for _, e := range n.Set {
		if e.Key.Text == "caps" {
			return e.Value.Text, true
		}
	}
	return "", false
}
