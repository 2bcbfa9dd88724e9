package plan_test

import (
	"testing"

	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/plan"
)

// TestWhatIsSureToCome: what a source says that it has is waited for, also behind a coder, unless something on the way may fail alone.
func TestWhatIsSureToCome(t *testing.T) {
	told := map[string][]element.Format{"in": {plan.Format(media.Opus), plan.Format(media.H264)}}
	for name, c := range map[string]struct {
		given map[string][]element.Format
		to    string
		sure  bool
	}{
		"nothing is said yet":   {nil, "convert codec=vp8", false},
		"it is said":            {told, "convert codec=vp8", true},
		"a coder that may fail": {told, "{element: convert, set: {codec: vp8}, on_error: drop}", false},
	} {
		p := resolve(t, plan.Inputs{Given: c.given}, "graph: v1\nnodes:\n  in: peer.in\n  to: "+c.to+
			"\n  out: stream.out name=x\nlinks:\n  - in.audio? -> out\n  - in.video? -> to -> out\n")
		outs := 0
		for _, b := range p.Bridges {
			if b.Direction != plan.OutOfGst {
				continue
			}
			if outs++; b.Optional == c.sure {
				t.Errorf("%s: optional is %v", name, b.Optional)
			}
		}
		if outs != 1 {
			t.Errorf("%s: %d bridges", name, outs)
		}
	}
}
