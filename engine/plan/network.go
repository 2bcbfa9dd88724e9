package plan

import (
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// network is the GStreamer side of a plan while it is put together.
type network struct {
	elems []*elem
	links []*link
	names map[string]int
}

// elem is an element with what the compiler knows of it beyond what the plan says.
type elem struct {
	Element
	node   *node
	spec   *element.Spec // nil for an element that no registry knows
	branch *branch
	bridge *Bridge // for an appsrc or appsink of ours
	group  int     // pipeline it belongs to, after divide
	order  int
}

// link joins two elements.
type link struct {
	from, to       *elem
	fromPad, toPad string
	fromPort       element.Port
	toPort         element.Port
	caps           string
	format         element.Format
	optional       bool
	eachOther      bool
	pad            []Setting
	queue          *queue
	own            []Setting // queue of each of an each-other link's pairs
	unseen         bool      // nothing of what passes is shown now
	instead        *link     // for which it stands in, and after how much silence
	after          Span
}

// add makes an element with a unique name.
func (r *resolver) add(n *node, name, factory string, role Role, props ...Setting) *elem {
	if r.net.names == nil {
		r.net.names = map[string]int{}
	}
	r.net.names[name]++
	if c := r.net.names[name]; c > 1 {
		name += "-" + value.Text(int64(c))
	}
	spec, _ := r.tmpl.reg.Spec(factory)
	e := &elem{node: n, spec: spec, order: len(r.net.elems)}
	e.Element = Element{Name: name, Factory: factory, Node: n.name, Role: role, Props: props}
	r.net.elems = append(r.net.elems, e)
	return e
}

// elementName makes a GObject name of a node's name (R9): launch lines and pad names leave us letters, digits and "-".
func elementName(n string) string {
	return strings.NewReplacer("/", "-", "[", "-", "]", "").Replace(n)
}

// assemble turns nodes and wires into elements and links, flows and bridges.
func (r *resolver) assemble() error {
	slices.SortStableFunc(r.nodes, func(a, b *node) int { return a.rank - b.rank })
	own := map[*node]map[string]*elem{}
	for _, n := range r.nodes {
		switch {
		case n.piece != nil:
			own[n] = r.pieceElements(n)
		case n.domain == element.Gst:
			own[n] = map[string]*elem{"": r.add(n, elementName(n.name), n.spec.Name, RoleNode, n.settings...)}
		}
	}
	for _, n := range r.nodes {
		if n.piece != nil {
			r.pieceLinks(n, own[n])
		}
	}
	idle := r.dropped
	for _, w := range r.wires {
		if w.to.piece != nil && w.to.passing(w) {
			continue // made where it goes on
		}
		if w.to.piece != nil {
			if _, ok := w.to.piece.Entries[element.PortKey{Port: w.toPort.Name, Key: branchKey(w.from, w.to)}]; !ok {
				idle = append(idle, w) // the builder has no use for it
				continue
			}
		}
		r.place(w, own)
	}
	for _, w := range idle {
		if from, up := r.origin(w, own); up != nil && from.elem != nil {
			r.prune(from.elem)
		}
	}
	r.branches()
	r.shareBridges()
	return nil
}

// prune takes out an element whose media nobody takes, and what only served it: an unlinked source would end its
// pipeline.
func (r *resolver) prune(e *elem) {
	if slices.ContainsFunc(r.net.links, func(l *link) bool { return l.from == e }) {
		return
	}
	r.net.elems = slices.DeleteFunc(r.net.elems, func(x *elem) bool { return x == e })
	var above []*elem
	r.net.links = slices.DeleteFunc(r.net.links, func(l *link) bool {
		if l.to == e {
			above = append(above, l.from)
		}
		return l.to == e
	})
	for _, up := range above {
		r.prune(up)
	}
}

// passing tells whether the wire goes straight through its node.
func (n *node) passing(w *wire) bool {
	for _, in := range n.piece.Passes {
		if in.Port == w.toPort.Name {
			return true
		}
	}
	return false
}

// pieceElements makes the elements of a built node.
func (r *resolver) pieceElements(n *node) map[string]*elem {
	out := map[string]*elem{}
	for _, p := range n.piece.Parts {
		name := elementName(n.name) + "-" + p.Name
		if p.Key != "" && !strings.Contains(p.Name, p.Key) {
			name += "-" + p.Key
		}
		e := r.add(n, name, p.Factory, RolePart, settings(p.Props)...)
		e.branch, e.Replaceable = r.partBranch(n, p), p.Replaceable
		out[p.Name] = e
	}
	return out
}

// pieceLinks makes the links inside a built node.
func (r *resolver) pieceLinks(n *node, parts map[string]*elem) {
	made := map[string]*link{} // by the part that it begins at
	for _, j := range n.piece.Joints {
		to := parts[j.To.Part]
		from := []*elem{parts[j.From.Part]}
		if j.EachOther && !strings.HasPrefix(j.Key, "{") {
			from, j.EachOther = others(n.piece, parts, j), false
		}
		for _, f := range from {
			if f != nil && to != nil {
				made[j.From.Part] = r.joint(n, j, f, to)
			}
		}
	}
	for _, j := range n.piece.Joints {
		if l := made[j.From.Part]; j.Instead != "" && l != nil {
			l.instead, l.after = made[j.Instead], Span(j.After)
		}
	}
}

// others finds what stands for a joint's source part in every other key: the builder ends such names with the key.
func others(p *element.Piece, parts map[string]*elem, j element.Joint) []*elem {
	base := strings.TrimSuffix(j.From.Part, j.Key)
	var out []*elem
	for _, q := range p.Parts {
		if q.Key != "" && q.Key != j.Key && q.Name == base+q.Key {
			out = append(out, parts[q.Name])
		}
	}
	return out
}

// joint makes one link inside a built node.
func (r *resolver) joint(n *node, j element.Joint, from, to *elem) *link {
	l := &link{from: from, to: to, caps: j.Caps, eachOther: j.EachOther, toPort: portNamed(to, j.To.Name, element.Sink)}
	l.fromPort = sourceFor(from, j.From.Name, l.toPort)
	l.fromPad, l.toPad = padName(from.spec, j.From.Name, l.fromPort), padName(to.spec, j.To.Name, l.toPort)
	l.format = r.jointFormat(l)
	l.pad = append(l.pad, settings(j.Props)...)
	if l.fromPort.Presence == element.Sometimes {
		l.optional = n.maybe(l.format.Kind)
	}
	if to.is("Encoder") && to.is("Video") {
		l.queue = n.queue // for where it is meant, which is no longer the node's beginning
	}
	r.net.links = append(r.net.links, l)
	return l
}

// maybe tells whether all that leaves a node of a kind is optional, and so whatever makes it inside; of any kind, if that of
// what is made inside is not known.
func (n *node) maybe(k media.Kind) bool {
	return !slices.ContainsFunc(n.outs, func(w *wire) bool { return (w.kind == k || k == "") && !w.optional && !w.maybe })
}

// jointFormat is what flows over a link inside a piece: what the source's pad says, or what came into it.
func (r *resolver) jointFormat(l *link) element.Format {
	f := element.Format{Kind: l.toPort.Kind()}
	if f.Kind == "" {
		f.Kind = l.fromPort.Kind()
	}
	if !l.fromPort.Anything() {
		f.Codec = element.CodecOf(l.fromPort.Caps)
		return f
	}
	for _, up := range r.net.links {
		if up.to == l.from {
			return up.format
		}
	}
	return f
}

// portNamed finds a pad template: the one written, or the element's first.
func portNamed(e *elem, pad string, d element.Dir) element.Port {
	if e.spec == nil {
		return element.Port{Name: pad, Dir: d, Presence: element.Always}
	}
	for _, p := range e.spec.Ports {
		if p.Dir == d && (pad == "" || p.Matches(pad)) {
			return p
		}
	}
	return element.Port{Name: pad, Dir: d, Presence: element.Always}
}

// sourceFor finds the source pad template of a joint: the one written, or the first that suits the sink.
func sourceFor(e *elem, pad string, to element.Port) element.Port {
	if pad == "" && e.spec != nil && to.Kind() != "" {
		for _, p := range e.spec.Out() {
			if p.Carries(to.Kind()) {
				return p
			}
		}
	}
	return portNamed(e, pad, element.Source)
}

// side is one end of a wire once pieces are opened: a Go node's port or an element's pad.
type side struct {
	node *node
	port element.Port
	elem *elem
	pad  string
}

// origin follows a wire back through nodes that only pass it on.
func (r *resolver) origin(w *wire, own map[*node]map[string]*elem) (side, *wire) {
	for w.from.piece != nil {
		in, ok := w.from.piece.Passes[element.PortKey{Port: w.fromPort.Name, Key: w.fromKey}]
		if !ok {
			exit := w.from.piece.Exits[element.PortKey{Port: w.fromPort.Name, Key: w.fromKey}]
			e := own[w.from][exit.Part]
			if e == nil {
				return side{}, nil
			}
			port := portNamed(e, exit.Name, element.Source)
			return side{node: w.from, elem: e, pad: padName(e.spec, exit.Name, port), port: port}, w
		}
		i := slices.IndexFunc(w.from.ins, func(x *wire) bool { return x.toPort.Name == in.Port })
		if i < 0 {
			return side{}, nil
		}
		up := w.from.ins[i]
		merged := *w
		mw := *w.wiring
		mw.from, mw.fromPad, mw.fromKey = up.from, up.fromPad, up.fromKey
		mw.optional = w.optional || up.optional
		mw.caps = append(slices.Clone(up.caps), w.caps...)
		merged.wiring, merged.fromPort, merged.format = &mw, up.fromPort, up.format
		w = &merged
	}
	if w.from.domain == element.Go {
		return side{node: w.from, port: w.fromPort}, w
	}
	return side{node: w.from, elem: own[w.from][""], pad: padName(w.from.spec, w.fromPad, w.fromPort), port: w.fromPort}, w
}

// target is where a wire ends.
func (r *resolver) target(w *wire, own map[*node]map[string]*elem) side {
	switch {
	case w.to.piece != nil:
		pad := w.to.piece.Entries[element.PortKey{Port: w.toPort.Name, Key: branchKey(w.from, w.to)}]
		e := own[w.to][pad.Part]
		if e == nil {
			return side{}
		}
		port := portNamed(e, pad.Name, element.Sink)
		return side{node: w.to, elem: e, pad: padName(e.spec, pad.Name, port), port: port}
	case w.to.domain == element.Go:
		return side{node: w.to, port: w.toPort}
	}
	return side{node: w.to, elem: own[w.to][""], pad: padName(w.to.spec, w.toPad, w.toPort), port: w.toPort}
}

// padName is the name a link needs: none where an element has only one pad of that direction.
func padName(of *element.Spec, written string, p element.Port) string {
	if of == nil {
		return written
	}
	same := 0
	for _, q := range of.Ports {
		if q.Dir == p.Dir {
			same++
		}
	}
	if same == 1 && (written == "" || p.Presence == element.Always) {
		return ""
	}
	if written != "" {
		return written
	}
	return p.Name
}

// place makes a wire a flow, a link, or a link with a bridge at one end.
func (r *resolver) place(w *wire, own map[*node]map[string]*elem) {
	from, w := r.origin(w, own)
	if w == nil {
		return
	}
	to := r.target(w, own)
	if to.node == nil || from.node == nil {
		return
	}
	if from.elem == nil && to.elem == nil {
		r.plan.Flows = append(r.plan.Flows, Flow{
			From: Pad{from.node.name, from.port.Name}, To: Pad{to.node.name, to.port.Name}, Format: w.format, Optional: w.optional,
			Fallback: w.fallback, Branch: r.branchName(from.node, to.node),
		})
		return
	}
	l := &link{
		from: from.elem, to: to.elem, fromPad: from.pad, toPad: to.pad, fromPort: from.port, toPort: to.port, format: w.format,
		optional: (w.optional || w.maybe) && from.port.Presence == element.Sometimes, pad: w.pad, queue: w.queue,
		caps: strings.Join(w.caps, " ! "),
	}
	if l.queue == nil {
		l.queue = w.to.queue
	}
	l.pad = placed(w, l.pad)
	l.unseen = w.to.piece != nil && w.to.piece.Unseen[element.PortKey{Port: w.toPort.Name, Key: branchKey(w.from, w.to)}]
	if len(l.pad) > 0 && l.toPad == "" {
		l.toPad = to.port.Name // settings need a pad to stand at
	}
	if l.from == nil {
		l.from = r.source(from, to, w)
		l.fromPort, l.optional = portNamed(l.from, "", element.Source), false // its pad is always there; its media may not be
	}
	if l.to == nil {
		l.to = r.sink(from, to, w)
		l.toPort = portNamed(l.to, "", element.Sink)
	}
	r.net.links = append(r.net.links, l)
}

// placed adds to the settings of a link's pad those that its builder gives it. Those of the graph's author go before.
func placed(w *wire, own []Setting) []Setting {
	if w.to.piece == nil {
		return own
	}
	out := slices.Clone(own)
	for _, p := range settings(w.to.piece.Places[element.PortKey{Port: w.toPort.Name, Key: branchKey(w.from, w.to)}]) {
		if !slices.ContainsFunc(own, func(s Setting) bool { return s.Name == p.Name }) {
			out = append(out, p)
		}
	}
	return out
}
