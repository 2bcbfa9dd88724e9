package lint

import (
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/media"
)

// join finds out which ports of a wire meet, and reports when none do.
func (g *graph) join(w *wire) {
	given, taken := g.given(w), g.takenBy(w)
	switch {
	case given == 0 || taken == 0:
		return
	case given&taken == 0:
		g.at(w.to.hop.Pos, "no_common_kind", "%s gives %s, and %s takes %s", w.from.label(), given, w.to.label(), taken).
			Hint = kindHint(given, taken)
		return
	}
	m := matching{graph: g, wire: w}
	for _, from := range w.from.ports {
		if k := g.gives(from) & given; k != 0 {
			m.port(from, k)
		}
	}
	m.report()
}

// given tells which kinds come out of a wire's source and through its caps, and reports when there are none.
func (g *graph) given(w *wire) kinds {
	var k kinds
	for _, p := range w.from.ports {
		k |= g.gives(p)
	}
	if k == 0 {
		g.at(w.from.hop.Pos, "no_common_kind", "%s gives nothing here", w.from.label()).
			Advise("see what comes into it, and its settings")
		return 0
	}
	for _, h := range w.caps {
		only := g.kindsOfCaps(h.Caps)
		if k&only == 0 {
			g.at(h.Pos, "caps_never_match", "%s gives %s, and these caps let only %s through", w.from.label(), k, only).
				Advise("change the caps, or convert before them")
			return 0
		}
		k &= only
	}
	return k
}

func kindHint(given, taken kinds) string {
	if given&container() != 0 || taken&container() != 0 {
		return "a demuxer takes a container apart, a muxer makes one"
	}
	return "link another pad, or remove the link"
}

// label names an end: "demux.video" or "venc".
func (e end) label() string {
	s := `"` + e.hop.Node
	if e.hop.Pad != "" {
		s += "." + e.hop.Pad
	}
	return s + `"`
}

// matching pairs the source ports of one wire with its sink ports. A source port is one stream, whatever its kind.
type matching struct {
	*graph
	wire  *wire
	full  *port // a sink port that would have done, but has its one link already
	two   bool  // that link is of this very wire, and of another kind
	stops []stop
}

// stop is a pair of ports that media of a kind cannot pass between.
type stop struct {
	from, to *port
	kinds    kinds
	barrier
}

// port finds the sink ports for one source port that gives some kinds.
func (m *matching) port(from *port, k kinds) {
	var fits []*port
	blocked := len(m.stops)
	for _, to := range m.wire.to.ports {
		both := k & to.root().declared()
		if both == 0 {
			continue
		}
		if b, ok := m.passage(from, m.wire, to); !ok {
			m.stops = append(m.stops, stop{from, to, both, b})
			continue
		}
		fits = append(fits, to)
	}
	if len(fits) == 0 {
		return
	}
	m.stops = m.stops[:blocked]
	sure := k.single() || len(fits) == 1
	if free := slices.IndexFunc(fits, func(to *port) bool { return !m.occupied(m.wire, to) }); sure && free < 0 {
		m.mark(fits[0], k)
		return
	} else if sure {
		m.fed[feed{fits[free], m.wire.to.hop.Key}] = true
		fits = fits[free : free+1]
	}
	for _, to := range fits {
		m.wire.pairs = append(m.wire.pairs, pair{from, to, k & to.root().declared(), sure})
	}
}

// mark remembers a sink port that was taken. A second stream of the same kind from the same node, such as decodebin3's
// many pads, is no mistake: the first that appears is linked.
func (m *matching) mark(to *port, k kinds) {
	for _, p := range m.wire.pairs {
		if p.to == to {
			m.two = m.two || k.single() && p.kinds.single() && p.kinds != k
			if p.kinds == k || !k.single() || !p.kinds.single() {
				return
			}
		}
	}
	m.full = to
}

// report says what did not come together.
func (m *matching) report() {
	if m.full != nil {
		m.reportFull(m.wire, m.full, m.two)
	}
	var through, told kinds
	for _, p := range m.wire.pairs {
		through |= p.kinds
	}
	for _, s := range m.stops {
		if s.kinds&(through|told) == 0 {
			m.neverMatch(m.wire, s)
			told |= s.kinds
		}
	}
}

// occupied tells whether an always present sink pad has its one link already. The instances of an `each` node share no
// pad, unless the link is between them and something that is there only once.
func (g *graph) occupied(w *wire, to *port) bool {
	if to.root().Presence != element.Always {
		return false
	}
	if w.from.node.Each != nil && w.to.node.Each == nil && w.to.hop.Key == "" {
		return true
	}
	return g.fed[feed{to, w.to.hop.Key}]
}

// feed is a sink port, or one of its keys, that has a link.
type feed struct {
	port *port
	key  string
}

// reportFull says that a sink pad would get a second link, two of them from the same wire or not.
func (g *graph) reportFull(w *wire, to *port, two bool) {
	pad := to.node.called()
	if len(to.node.side(element.Sink)) > 1 {
		pad = `"` + to.Name + `" of ` + pad
	}
	switch {
	case w.from.node.Each != nil && w.to.node.Each == nil:
		g.at(w.to.hop.Pos, "pad_taken", "every instance of %q would be linked to the one pad %s", w.from.hop.Node, pad).
			Advise("put a mixer or a funnel between them")
	case two:
		g.at(w.to.hop.Pos, "ambiguous_link", "%s gives several kinds of media, and %s has one pad for them", w.from.label(), pad).
			Advise("name the pad that is meant: %s", padList(w.from.ports))
	default:
		g.at(w.to.hop.Pos, "pad_taken", "%s is linked already", pad).Hint = g.mixerFor(w)
	}
}

// mixerFor says what brings several streams into one.
func (g *graph) mixerFor(w *wire) string {
	switch k := g.givenBy(w) & g.takenBy(w); {
	case k == setOf([]media.Kind{media.Audio}):
		return "audio.mix makes one sound of many; funnel passes several on as they come"
	case k == setOf([]media.Kind{media.Video}):
		return "video.mix makes one picture of many; input-selector passes one of several"
	}
	return "a mixer or a funnel brings several streams into one"
}

// neverMatch reports caps that have nothing in common, at the caps or the node where media ends.
func (g *graph) neverMatch(w *wire, b stop) {
	pos, what := w.to.hop.Pos, "what "+w.to.label()+" takes"
	if b.hop != nil {
		pos, what = b.hop.Pos, "these caps"
	}
	d := g.at(pos, "caps_never_match", "%s from %s never fits %s: %s", b.kinds, w.from.label(), what, b.why)
	switch from, to := b.from.root(), b.to.root(); {
	case b.kinds == container() && b.hop != nil:
		d.Advise("change the caps, or use another muxer")
	case b.kinds == container() && to.node.elem.Is("Demuxer"):
		d.Advise("use the demuxer of this container")
	case b.kinds == container():
		d.Advise("use another muxer, one whose container %s takes", w.to.label())
	case b.hop != nil:
		d.Advise("change the caps, or convert before them")
	case from.node.converts():
		d.Advise("let %q make another codec", from.node.Name.Text)
	case coded(from) && coded(to):
		d.Advise("put a convert node between them")
	case coded(from):
		d.Advise("put a decode node between them")
	case coded(to):
		d.Advise("put an encoder between them, or a convert node")
	default:
		d.Advise("put an element between them that converts")
	}
}

// coded tells whether a port carries coded media only.
func coded(p *port) bool {
	for _, k := range p.Kinds {
		if raw := element.RawCaps(k); p.Caps == "" || p.Caps == "ANY" || strings.Contains(p.Caps, raw) {
			return false
		}
	}
	return len(p.Kinds) > 0
}
