package plan_test

import (
	"slices"
	"strings"
	"testing"

	"sluice/engine/plan"
)

// TestWhatRunsDoesNotDependOnGuests: what is lazy, and what always runs, is the same with guests and without.
func TestWhatRunsDoesNotDependOnGuests(t *testing.T) {
	const fragment = "graph: v1\nparams:\n  stream: string\nexports:\n  video: dec.src\n  ear: enc.sink\nnodes:\n  in: stream.in name=$stream\n" +
		"  dec: avdec_h264\n  enc: vp8enc\n  own: {element: stream.out, set: {name: $(stream)-own}, lazy: 5s}\nlinks:\n  - in.video -> dec\n  - enc -> own\n"
	for _, c := range []struct{ about, links string }{
		{"guests see all others", "  - mix.minus[seat] -> seat.ear\n"},
		{"guests see all", "  - mix -> seat.ear\n"},
		{"guests see what they are not seen in", "  - bars -> seat.ear\n"},
	} {
		text := "graph: v1\nnodes:\n  seat: {use: f1, each: {key: guest, max: 4}}\n  bars: videotestsrc is-live=true\n  fix: videoconvert\n  mix: video.mix\n" +
			"  enc: vp8enc\n  out: {element: stream.out, set: {name: room}, lazy: 5s}\n" +
			"links:\n  - seat.video? -> mix -> enc -> out\n  - bars -> fix -> mix\n" + c.links
		var first []string
		for i, keys := range [][]plan.Key{
			{},
			{{Name: "al", Params: map[string]any{"stream": "a"}}},
			{{Name: "al", Params: map[string]any{"stream": "a"}}, {Name: "bo", Params: map[string]any{"stream": "b"}}},
		} {
			var stays []string
			for _, l := range resolve(t, plan.Inputs{Keys: map[string][]plan.Key{"seat": keys}}, text, fragment).Pipelines {
				for _, e := range l.Elements {
					if l.Lazy || e.Role == plan.RoleNode && !strings.HasPrefix(e.Name, "seat") {
						stays = append(stays, e.Name+" in "+e.Branch)
					}
				}
			}
			if i == 0 {
				first = stays
			}
			if slices.Sort(stays); !slices.Equal(stays, first) {
				t.Errorf("%s: with %d of them there are %q, and with none %q", c.about, i, stays, first)
			}
		}
	}
}
