package plan

import (
	"fmt"
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// settle decides what flows over every wire: first, from the sinks back, what is wanted; then, from the sources on, what
// comes, letting each builder choose its chain in between.
func (r *resolver) settle() error {
	for _, n := range slices.Backward(r.nodes) {
		for _, w := range n.ins {
			w.want = r.wanted(n, w)
		}
	}
	for _, n := range r.nodes {
		if err := r.produce(n); err != nil {
			return err
		}
		for _, w := range n.outs {
			w.format = r.formatOf(n, w)
		}
	}
	for _, w := range r.wires {
		if err := r.agree(w); err != nil {
			return err
		}
	}
	return nil
}

// wanted lists what a node takes on a wire, best first; nil for anything.
func (r *resolver) wanted(n *node, w *wire) []element.Format {
	if told, ok := r.in.Want[n.name]; ok {
		return formatsOf(told, w.kind)
	}
	switch {
	case r.transforms(n):
		return nil
	case len(w.toPort.Codecs) > 0:
		out := make([]element.Format, 0, len(w.toPort.Codecs))
		for _, c := range w.toPort.Codecs {
			out = append(out, element.Format{Kind: w.kind, Codec: c, BFrames: !w.toPort.InOrder})
		}
		return out
	case w.toPort.Anything():
		for _, o := range n.outs {
			if o.kind == w.kind {
				return o.want
			}
		}
		return nil
	}
	return r.tmpl.reg.Formats(w.toPort.Caps, w.kind)
}

func formatsOf(list []element.Format, k media.Kind) []element.Format {
	out := []element.Format{}
	for _, f := range list {
		if f.Kind == k {
			out = append(out, f)
		}
	}
	return out
}

// produce lets a builder make its piece, now that what comes in is known.
func (r *resolver) produce(n *node) error {
	b, ok := r.tmpl.reg.Builder(n.spec.Name)
	if !ok || n.domain == element.Go {
		return nil
	}
	in := make([]element.Input, 0, len(n.ins))
	for _, w := range n.ins {
		in = append(in, element.Input{Port: w.toPort.Name, Key: branchKey(w.from, n), Format: w.format, Outside: w.from.domain == element.Go})
	}
	out := make([]element.Output, 0, len(n.outs))
	for _, w := range n.outs {
		want := w.want
		if n.stands != nil {
			want = r.standsFor(n.stands, w.kind)
			if want == nil {
				continue
			}
		}
		out = append(out, element.Output{Port: w.fromPort.Name, Key: w.fromKey, Want: want})
	}
	n.piece = element.NewPiece(elementName(n.name), in, out)
	n.piece.Absent = r.absentKeys(n)
	n.piece.Chooser = r.chooser(n)
	if err := b.Build(n.piece, n.conf); err != nil {
		return r.unbuilt(n, err)
	}
	for _, note := range n.piece.Notes {
		r.plan.Notes = append(r.plan.Notes, n.name+": "+note)
	}
	return nil
}

func message(err error) string {
	if f, ok := err.(*fault.Fault); ok { //nolint:errorlint // only the outermost fault's own words
		return f.Msg
	}
	return err.Error()
}

// standsFor is what a node's main source gives of a kind; nil if nothing, so that a fallback adds no track that the
// viewers never negotiated.
func (r *resolver) standsFor(n *node, k media.Kind) []element.Format {
	for _, w := range n.ins {
		if !w.fallback && w.kind == k {
			return []element.Format{w.format}
		}
	}
	return nil
}

// branchKey is the key under which media enters an unkeyed node from a keyed branch.
func branchKey(from, to *node) string {
	if to.keyNode != "" {
		return ""
	}
	return from.key
}

// formatOf is what a node gives on a wire.
func (r *resolver) formatOf(n *node, w *wire) element.Format {
	if n.piece != nil {
		at := element.PortKey{Port: w.fromPort.Name, Key: w.fromKey}
		if in, ok := n.piece.Passes[at]; ok {
			for _, i := range n.ins {
				if i.toPort.Name == in.Port {
					return i.format
				}
			}
		}
		f := n.piece.Gives[at]
		f.Kind = w.kind
		return f
	}
	if n.domain == element.Go {
		return r.sourceFormat(n, w)
	}
	return r.gstFormat(n, w)
}

// sourceFormat is what a Go source gives: what it told, or else what its readers would like best.
func (r *resolver) sourceFormat(n *node, w *wire) element.Format {
	if told, ok := r.in.Given[n.name]; ok {
		if list := formatsOf(told, w.kind); len(list) > 0 {
			return list[0]
		}
	}
	codecs := w.fromPort.Codecs
	if len(codecs) == 0 {
		return element.Format{Kind: w.kind}
	}
	best := codecs[0]
	for _, c := range codecs {
		fits := !slices.ContainsFunc(n.outs, func(o *wire) bool { return o.fromPort.Name == w.fromPort.Name && !wants(o.want, c) })
		if fits {
			best = c
			break
		}
	}
	if len(codecs) > 1 {
		r.assume(fmt.Sprintf("%s.%s gives %s (say --given %s=… for another)", n.name, w.fromPort.Name, best, n.name))
	}
	return element.Format{Kind: w.kind, Codec: best}
}

func wants(list []element.Format, c media.Codec) bool {
	return list == nil || slices.ContainsFunc(list, func(f element.Format) bool { return f.Codec == c })
}

func (r *resolver) assume(text string) {
	if !slices.Contains(r.plan.Assumed, text) {
		r.plan.Assumed = append(r.plan.Assumed, text)
	}
}

// gstFormat is what a GStreamer element gives on a wire, as far as its pad templates and the link's caps tell. One that may give
// several gives what comes in, as a filter such as videorate does, unless it is there to change that.
func (r *resolver) gstFormat(n *node, w *wire) element.Format {
	f := element.Format{Kind: w.kind}
	var able []element.Format
	for _, text := range append(slices.Clone(w.caps), w.fromPort.Caps) {
		able = r.tmpl.reg.Formats(text, w.kind)
		if len(able) == 1 {
			f.Codec, f.Caps = able[0].Codec, able[0].Caps
			return f
		}
	}
	if n.spec.Is("Decoder") || n.spec.Is("Encoder") {
		return f
	}
	for _, i := range n.ins {
		same := func(a element.Format) bool { return a.Codec == i.format.Codec && a.Caps == i.format.Caps }
		if i.kind == w.kind && (w.fromPort.Anything() || slices.ContainsFunc(able, same)) {
			return i.format
		}
	}
	return f
}

// agree checks that a reader in Go takes what comes, and names both sides when it does not.
func (r *resolver) agree(w *wire) error {
	if w.to.domain != element.Go || w.want == nil || w.format.Codec == "" || w.fallback {
		return nil
	}
	for _, f := range w.want {
		if f.Codec == w.format.Codec && (f.BFrames || !w.format.BFrames) {
			return nil
		}
	}
	have := string(w.format.Codec)
	if w.format.BFrames {
		have += " with B-frames"
	}
	return r.wrong(fault.CodecNotAvailable, w.to.name, "%s: %q gives %s, %q takes %s", w.kind, w.from.name, have, w.to.name, list(w.want)).
		Advise("put a convert node between them")
}

func list(formats []element.Format) string {
	words := make([]string, 0, len(formats))
	for _, f := range formats {
		words = append(words, string(f.Codec))
	}
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}
