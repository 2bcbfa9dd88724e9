package plan_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/engine/plan"
)

const slate = `graph: v1
params:
  kept: {type: duration, default: 5s}
nodes:
  cam: stream.in name=cam
  bars: videotestsrc is-live=true
  enc: vp8enc
  out: {element: stream.out, set: {name: x}, fallback: {node: enc, after: 2s}}
links:
  - cam -> out
  - bars -> enc
`

func TestKeep(t *testing.T) {
	for keep, want := range map[string]plan.Span{
		"": 0, ", keep: watched": 0, ", keep: forever": plan.Forever, ", keep: 90s": plan.Span(90 * time.Second), ", keep: $kept": plan.Span(5 * time.Second),
	} {
		p := resolve(t, plan.Inputs{}, strings.Replace(slate, "after: 2s", "after: 2s"+keep, 1))
		i := slices.IndexFunc(p.Nodes, func(n plan.Node) bool { return n.Name == "out" })
		if got := p.Nodes[i].Fallback; got == nil || got.Node != "enc" || got.After != plan.Span(2*time.Second) || got.Keep != want {
			t.Errorf("%q: %+v", keep, got)
		}
	}
	if _, err := tryResolve(t, plan.Inputs{}, strings.Replace(slate, "after: 2s", "after: 2s, keep: long", 1)); err == nil {
		t.Error("a name is kept for long, whatever that is")
	}
}

// What stands in is lazy by itself, also behind an end that is lazy too.
func TestFallbackIsLazy(t *testing.T) {
	lazyOut := strings.Replace(slate, "set: {name: x},", "set: {name: x}, lazy: 15s,", 1)
	for name, text := range map[string]string{"alone": slate, "behind what is lazy": lazyOut} {
		p := resolve(t, plan.Inputs{}, text)
		if len(p.Pipelines) != 1 || !p.Pipelines[0].Lazy || p.Pipelines[0].Linger != plan.Span(2*time.Second) {
			t.Errorf("%s: %s", name, lines(p))
		}
	}
}
