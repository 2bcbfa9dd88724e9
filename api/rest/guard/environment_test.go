package guard

import (
	"errors"
	"strings"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/spec"
)

func TestGraph(t *testing.T) {
	g, err := New(Rules{Environment: []string{"OPEN"}}, specs(t))
	if err != nil {
		t.Fatal(err)
	}
	const frame = `graph: v1
about: About $env.SECRET, which is text.
params:
  name: {type: string, default: DEFAULT, about: "costs 5 $ and $env.SECRET"}
route:
  - {event: stream.wanted, path: "/{x...}", where: {query.a: WHERE}, with: {name: WITH}, share: SHARE}
nodes:
  in: {element: videotestsrc, set: {pattern: SET}, lazy: LAZY}
  over: textoverlay text=TEXT
  more: {use: part, with: {a: [1, {b: INNER}]}, each: EACH}
  out: {element: fakesink, queue: {time: QUEUE}, fallback: {node: in, after: AFTER}}
links:
  - in -> [video/x-raw, width=CAPS] -> over -> out
policy:
  stall: POLICY
`
	places := []string{"DEFAULT", "WHERE", "WITH", "SHARE", "SET", "LAZY", "TEXT", "INNER", "EACH", "QUEUE", "AFTER", "CAPS", "POLICY"}
	try := func(place, with string) error {
		t.Helper()
		text := frame
		for _, p := range places {
			put := "1s"
			if p == place {
				put = with
			}
			text = strings.Replace(text, p, put, 1)
		}
		graphs, found := spec.Parse("it.yaml", "it", []byte(text))
		if len(graphs) != 1 || len(found) > 0 {
			t.Fatalf("%s: %v", place, found)
		}
		return g.Graph(graphs[0])
	}
	if err := try("", ""); err != nil {
		t.Error(err)
	}
	for _, p := range places {
		for text, allowed := range map[string]bool{
			"$env.SECRET": false, "$(env.SECRET)": false, "a-$(env.OPEN)-$(env.SECRET)": false,
			"$env.OPEN": true, "$$env.SECRET": true, "env.SECRET": true, "$name": true,
		} {
			err := try(p, text)
			f, _ := errors.AsType[*fault.Fault](err)
			switch {
			case allowed && err != nil:
				t.Errorf("%s: %s: %v", p, text, err)
			case !allowed && (f == nil || f.Code != fault.Forbidden || !strings.Contains(f.Msg, `"SECRET"`) || !strings.Contains(f.Hint, "rest.environment")):
				t.Errorf("%s: %s: %v", p, text, err)
			}
		}
	}
}
