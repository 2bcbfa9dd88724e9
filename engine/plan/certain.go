package plan

import (
	"slices"

	"sluice/engine/element"
)

// certain tells whether what a wire carries is sure to come, though its link may be without: its source has said that it has it, and
// nothing on the way may fail alone. What is sure is waited for before anything is published with it; a coder may need a while.
func (r *resolver) certain(w *wire) bool {
	if w.fallback {
		return false
	}
	for n := w.from; ; {
		if n.stmt.onError == "drop" {
			return false
		}
		if told, ok := r.in.Given[n.name]; ok {
			return n.domain == element.Go && len(formatsOf(told, w.kind)) > 0
		}
		i := slices.IndexFunc(n.ins, func(in *wire) bool { return in.kind == w.kind })
		if i < 0 {
			return false
		}
		n = n.ins[i].from
	}
}
