package plan

import (
	"cmp"
	"slices"

	"sluice/engine/caps"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// wire chooses ports for every wiring, in data order, so that nodes which pass anything through know what comes in. A
// node that should be fed and is not (an optional track that a peer does not have) gives nothing and is left out.
func (r *resolver) wire() error {
	for _, n := range r.nodes {
		for _, w := range r.edges {
			if w.from != n || n.fed && len(n.ins) == 0 {
				continue
			}
			if err := r.join1(w); err != nil {
				return err
			}
		}
	}
	r.leaveOut()
	kept := r.nodes[:0:0]
	for _, n := range r.nodes {
		if !n.fed || len(n.ins) > 0 || n.stmt.spec == nil {
			kept = append(kept, n)
		}
	}
	r.nodes = kept
	return r.omitted()
}

// join1 makes the wires of one wiring: for each source port the first sink port that takes it.
func (r *resolver) join1(w *wiring) error {
	made, possible := 0, false
	for _, sp := range r.sourcePorts(w) {
		kinds := r.carried(w.from, sp)
		possible = true
		k, tp, ok := r.partner(w, sp, kinds)
		if !ok || r.leaves(w, k) {
			continue
		}
		r.connect(w, sp, tp, k)
		made++
		if w.fromPad != "" || w.toPad != "" && tp.Presence == element.Always {
			break
		}
	}
	if made > 1 {
		markLate(w)
	}
	if made > 0 || w.try || w.fallback {
		return nil
	}
	return r.unjoined(w, possible)
}

// markLate marks the wires of a link without pads whose kinds a file or peer may turn out not to have.
func markLate(w *wiring) {
	for _, x := range w.from.outs {
		if x.wiring == w && (x.fromPort.Presence == element.Sometimes || x.fromPort.Optional && !w.from.fed) {
			x.maybe = true
		}
	}
}

// leaveOut takes kinds out of conversions that nobody behind them wants: a phone without a screen takes no picture.
func (r *resolver) leaveOut() {
	for _, n := range slices.Backward(r.nodes) {
		if !r.transforms(n) || n.stands != nil {
			continue
		}
		for _, w := range slices.Clone(n.ins) {
			if slices.ContainsFunc(n.outs, func(o *wire) bool { return o.kind == w.kind }) {
				continue
			}
			same := func(o *wire) bool { return o == w }
			n.ins, w.from.outs = slices.DeleteFunc(n.ins, same), slices.DeleteFunc(w.from.outs, same)
			r.wires = slices.DeleteFunc(r.wires, same)
			r.dropped = append(r.dropped, w)
			r.plan.Notes = append(r.plan.Notes, n.name+": nobody behind it takes "+string(w.kind))
		}
	}
}

// unjoined says why a wiring found no two ports, unless it need not.
func (r *resolver) unjoined(w *wiring, possible bool) error {
	if w.optional || r.missing[end{node: w.from.name, pad: w.fromPad}] {
		r.miss(w)
		return nil
	}
	if !possible && r.absent(w) {
		return r.wrong(fault.CodecNotAvailable, w.from.name, "%q gives no %s, which %q needs", w.from.name, orMedia(w.fromPad), w.to.name).
			Advise("write %s? if it may be missing", w.from.name+"."+orMedia(w.fromPad))
	}
	return r.wrong(fault.LintFailed, w.to.name, "%q and %q have no kind of media in common", w.from.name, w.to.name)
}

// miss remembers that an optional pad has nothing to give, so that what hangs behind it may be absent too.
func (r *resolver) miss(w *wiring) {
	if r.missing == nil {
		r.missing = map[end]bool{}
	}
	r.missing[end{node: w.to.name, pad: w.toPad}] = true
}

func orMedia(pad string) string {
	if pad == "" {
		return "media"
	}
	return pad
}

// absent tells whether a source said what it has, and what is asked for is not among it.
func (r *resolver) absent(w *wiring) bool {
	_, told := r.in.Given[w.from.name]
	return told || len(w.from.ins) > 0
}

// connect records a wire at both ends.
func (r *resolver) connect(w *wiring, sp, tp element.Port, k media.Kind) {
	x := &wire{wiring: w, fromPort: sp, toPort: tp, kind: k}
	w.from.outs = append(w.from.outs, x)
	w.to.ins = append(w.to.ins, x)
	r.wires = append(r.wires, x)
}

// sourcePorts lists the ports of w.from that w may begin at.
func (r *resolver) sourcePorts(w *wiring) []element.Port {
	var out []element.Port
	for _, p := range w.from.spec.Out() {
		switch {
		case w.fromPad != "" && !p.Matches(w.fromPad):
		case w.fromPad == "" && p.Keyed:
		case !r.gives(w.from, p):
		default:
			out = append(out, p)
		}
	}
	// decodebin3 has src_%u beside video_%u and audio_%u: the pad that says its kind is the better choice.
	slices.SortStableFunc(out, func(a, b element.Port) int { return cmp.Compare(min(len(b.Kinds), 1), min(len(a.Kinds), 1)) })
	return out
}

// gives tells whether the node has the port at all: kind= restricts it, what the session told does, and a conversion
// gives only the kinds that come in.
func (r *resolver) gives(n *node, p element.Port) bool {
	if k := n.conf.Text("kind"); k != "" && len(p.Kinds) > 0 && !p.Carries(media.Kind(k)) {
		return false
	}
	if told, ok := r.in.Given[n.name]; ok {
		return slices.ContainsFunc(told, func(f element.Format) bool { return p.Carries(f.Kind) })
	}
	if r.transforms(n) && len(p.Kinds) > 0 {
		return slices.ContainsFunc(n.ins, func(w *wire) bool { return p.Carries(w.kind) })
	}
	return true
}

// transforms tells whether a node's outputs are its inputs in another form, port by port.
func (r *resolver) transforms(n *node) bool {
	return n.spec.Name == "convert" || n.spec.Name == "decode"
}

// carried lists the kinds a source port may give; nil if that is not known.
func (r *resolver) carried(n *node, p element.Port) []media.Kind {
	if !p.Anything() {
		return p.Kinds
	}
	var out []media.Kind
	for _, w := range n.ins {
		if w.kind != "" && w.kind != media.Mux && !slices.Contains(out, w.kind) {
			out = append(out, w.kind)
		}
	}
	return out
}

// partner finds the sink port for a source port.
func (r *resolver) partner(w *wiring, sp element.Port, kinds []media.Kind) (media.Kind, element.Port, bool) {
	if k := w.to.conf.Text("kind"); k != "" && len(kinds) > 0 && !slices.Contains(kinds, media.Kind(k)) {
		return "", element.Port{}, false
	}
	told, tells := r.in.Want[w.to.name]
	var open *element.Port
	var kind media.Kind
	for _, tp := range w.to.spec.In() {
		k, ok := common(kinds, tp)
		if !ok || !meant(w, tp) || r.taken(w, tp) || tells && len(formatsOf(told, k)) == 0 {
			continue
		}
		if r.meet(sp.Caps, w.caps, tp.Caps) {
			return k, tp, true
		}
		if open == nil && (sp.Caps == "" || tp.Caps == "") {
			open, kind = &tp, k
		}
	}
	if open != nil {
		return kind, *open, true
	}
	return "", element.Port{}, false
}

// meant tells whether a wiring may end at a port: at the one it names, or at any but those that are kept for keys.
func meant(w *wiring, tp element.Port) bool {
	if w.toPad == "" {
		return !tp.Keyed
	}
	return tp.Matches(w.toPad)
}

// taken tells whether an always present sink port has its one link already. A fallback shares the port of what it
// stands in for.
func (r *resolver) taken(w *wiring, tp element.Port) bool {
	return tp.Presence == element.Always && slices.ContainsFunc(w.to.ins, func(o *wire) bool {
		return o.toPort.Name == tp.Name && !w.fallback && !o.fallback && o.toKey == w.toKey && (o.from.key == w.from.key || w.to.key != "")
	})
}

// common is a kind that the source may give and the port takes; "" if both leave it open.
func common(kinds []media.Kind, tp element.Port) (media.Kind, bool) {
	if len(kinds) == 0 {
		return tp.Kind(), true
	}
	for _, k := range kinds {
		if tp.Carries(k) {
			return k, true
		}
	}
	return "", false
}

// meet tells whether caps can flow from one port through the caps of a link into another.
func (r *resolver) meet(from string, between []string, to string) bool {
	if len(between) == 0 {
		return r.tmpl.reg.Meets(from, to)
	}
	have, err := caps.Parse(orAny(from))
	if err != nil {
		return false
	}
	for _, t := range append(slices.Clone(between), to) {
		c, err := caps.Parse(orAny(t))
		if err != nil {
			return false
		}
		if have = caps.Intersect(have, c); have.IsEmpty() {
			return false
		}
	}
	return true
}

func orAny(text string) string {
	if text == "" {
		return "ANY"
	}
	return text
}
