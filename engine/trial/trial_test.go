package trial_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine/fault"
	"sluice/engine/trial"
)

func TestErrors(t *testing.T) {
	l := film()
	l.script.fails = fault.New(fault.ResourceNotFound, "g/enc", "there is no such thing")
	for body, want := range map[string]string{
		"{error: {code: resource_not_found, node: enc}}": "",
		"{end: error}":             "",
		"{error: {}}":              "",
		"{error: {code: stalled}}": "error.code: resource_not_found: g#test/enc: there is no such thing",
		"{error: {node: mux}}":     "error.node: enc",
		"{end: eos}":               "end: error: g#test/enc: there is no such thing",
		"{enc: {frames: 50}}":      "end: error: g#test/enc: there is no such thing",
		"{end: error, enc: {frames: 50}, write: {bytes: 4}}": "", // what passed before counts
	} {
		r := expectOne(t, l, body)
		if got := strings.Join(failed(r), "|"); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

func TestErrorBeforeAnythingRuns(t *testing.T) {
	l := film()
	text := strings.Replace(graph, "name: {type: string, default: x}", "name: {type: string, default: x}\n  more: int", 1)
	r := tryGraph(t, l, trial.Options{}, text+"tests: [{name: one, expect: {error: {code: invalid_params}}}, {name: two, expect: {end: eos}}, {name: three, expect: {plan: {nodes: 6}}}]\n")
	if r[0].Outcome != trial.Passed || r[1].Outcome != trial.Failed || r[2].Outcome != trial.Failed || r[2].Reason == "" || l.opened > 0 {
		t.Errorf("%+v", r)
	}
}

func TestPeersAreNotThere(t *testing.T) {
	tests := "tests:\n  - {name: one}\n  - {name: two, mock: {enc: filesrc location=a}, expect: {enc: {frames: 50}}}\n"
	r := tryGraph(t, film(), trial.Options{}, called()+tests)
	if got := failed(r[0]); len(got) != 1 || !strings.Contains(got[0], "mock: {enc: ") {
		t.Errorf("%v", got)
	}
	if r[1].Outcome != trial.Passed {
		t.Errorf("%+v", r[1])
	}
}

func TestMockLeavesTheGraphAlone(t *testing.T) {
	tests := "tests:\n  - {name: one, mock: {enc: {element: filesrc, set: {location: a}}}, expect: {plan: {bridges: 0}}}\n" +
		"  - {name: two, expect: {plan: {bridges: 1}}}\n"
	r := tryGraph(t, nil, trial.Options{PlanOnly: true}, called()+tests)
	if r[0].Outcome != trial.Passed || r[1].Outcome != trial.Passed {
		t.Errorf("%v %v", failed(r[0]), failed(r[1]))
	}
}

func TestUntappedNode(t *testing.T) {
	l := film()
	l.script.untapd = "enc"
	got := failed(expectOne(t, l, "{enc: {frames: 50}, aenc: {frames: 100}}"))
	if len(got) != 1 || !strings.Contains(got[0], "not in GStreamer") {
		t.Errorf("%v", got)
	}
}

func TestPlanAndRoute(t *testing.T) {
	for body, want := range map[string]string{
		"{plan: {pipelines: 1, encoders: 2, nodes: 6}}": "",
		"{plan: {encoders: 3..}}":                       "plan.encoders: 2",
		"{route: {event: rtmp.publish, path: /live/a/b, vars: {app: live}, captures: {stream: a/b}}}": "",
		"{route: {event: rtmp.publish, path: /live/a, vars: {app: live}, captures: {stream: b}}}":     `route: it captures "a"`,
		"{route: {rtmp.publish: /live/a}}": "route: no graph answers",
	} {
		r := expectOne(t, nil, body)
		if got := strings.Join(failed(r), "|"); got != want || r.Outcome == trial.Skipped {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
	other := graph + "tests:\n  - {name: one, expect: {route: {event: rtmp.publish, path: /live/a, vars: {app: live}}}}\n---\n" +
		"graph: v1\nname: other\nroute: [{event: rtmp.publish, path: /live/a, where: {app: live}}]\nnodes: {a: fakesrc}\n"
	r := tryGraph(t, nil, trial.Options{}, strings.Replace(other, "graph: v1\n", "graph: v1\nname: first\n", 1))[0]
	if got := failed(r); len(got) != 1 || got[0] != "route: it starts other" {
		t.Errorf("%v", got)
	}
}

// TestLimit: a graph that does not end is drained when its time is up, and what passed is looked at.
func TestLimit(t *testing.T) {
	for limit, want := range map[string]time.Duration{"limit: 5s,": 5 * time.Second, "": 30 * time.Second} {
		lib := parse(t, graph+"tests:\n  - {name: one, "+limit+" expect: {end: timeout, enc: {frames: 50}, write: {bytes: 4}}}\n  - {name: two, "+limit+" expect: {end: eos}}\n")
		reg := elements(t)
		synctest.Test(t, func(t *testing.T) {
			l := film()
			l.script.hangs = true
			r := trial.New(trial.Set{Library: lib, Registry: reg}, trial.Options{Lab: l}).Run(t.Context(), trial.Cases(lib...))
			if r[0].Outcome != trial.Passed || r[0].Took != want {
				t.Errorf("%s: %v %v after %v", limit, r[0].Outcome, failed(r[0]), r[0].Took)
			}
			if got := failed(r[1]); !slices.Equal(got, []string{"end: timeout"}) {
				t.Errorf("%v", got)
			}
		})
	}
}

func TestInterrupted(t *testing.T) {
	lib := parse(t, graph+"tests:\n  - {name: one}\n  - {name: two}\n  - {name: three}\n")
	l := film()
	l.script.hangs = true
	ctx, cancel := context.WithCancel(t.Context())
	r := trial.New(trial.Set{Library: lib, Registry: elements(t)}, trial.Options{Lab: l, Began: func(i int) {
		if i == 1 {
			cancel()
		}
	}, Parallel: 2}).Run(ctx, trial.Cases(lib...))
	for _, one := range r {
		if one.Outcome != trial.Skipped || one.Reason != "interrupted" {
			t.Errorf("%+v", one)
		}
	}
}

func TestSkips(t *testing.T) {
	tests := "  - {name: one, expect: {enc: {frames: 1}}}\n  - {name: two, expect: {plan: {nodes: 6}, enc: {frames: 1}}}\n  - {name: three, expect: {plan: {nodes: 5}, enc: {frames: 1}}}\n"
	var got []trial.Outcome
	for _, r := range append(try(t, nil, trial.Options{}, tests), try(t, film(), trial.Options{PlanOnly: true}, tests)...) {
		got = append(got, r.Outcome)
	}
	// Without GStreamer what can be told is told; when only plans are asked for, they are the whole test.
	want := []trial.Outcome{trial.Skipped, trial.Skipped, trial.Failed, trial.Skipped, trial.Passed, trial.Failed}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// ruledOut is an operator who wants no VP8.
type ruledOut struct{}

func (ruledOut) Choose(among []string) (string, error) { return among[0], nil }

func (ruledOut) Refuse(factory string) error {
	if factory == "vp8enc" {
		return fault.New(fault.ElementUnavailable, factory, "vp8enc is ruled out")
	}
	return nil
}

// TestLean: what cannot be planned because of what is ruled out says nothing about the graph, unless the test is about that.
func TestLean(t *testing.T) {
	const tests = "tests:\n  - {name: one, expect: {enc: {frames: 50}}}\n  - {name: two, expect: {plan: {nodes: 6}}}\n" +
		"  - {name: three, expect: {end: error, error: {code: element_unavailable}}}\n"
	lib := parse(t, graph+tests)
	for lean, want := range map[bool][]trial.Outcome{
		true:  {trial.Skipped, trial.Skipped, trial.Passed},
		false: {trial.Failed, trial.Failed, trial.Passed},
	} {
		set := trial.Set{Library: lib, Registry: elements(t).Choosing(ruledOut{})}
		for i, r := range trial.New(set, trial.Options{Lab: film(), Lean: lean}).Run(t.Context(), trial.Cases(lib...)) {
			if r.Outcome != want[i] || r.Beyond != (r.Outcome == trial.Skipped) {
				t.Errorf("lean %t, %s: %s, beyond %t, %s", lean, r.Name, r.Outcome, r.Beyond, r.Reason)
			}
			if r.Outcome == trial.Skipped && !strings.Contains(r.Reason, "vp8enc is ruled out") {
				t.Errorf("the reason is %q", r.Reason)
			}
		}
	}
}

func TestParallel(t *testing.T) {
	var tests strings.Builder
	for _, name := range strings.Fields("a b c d e f g h") {
		tests.WriteString("  - {name: " + name + ", expect: {enc: {frames: 50}, write: {tracks: [vp8, opus]}}}\n")
	}
	l := film()
	began, ended := make(chan int, 8), make(chan string, 8)
	r := try(t, l, trial.Options{Parallel: 3, Began: func(i int) { began <- i }, Ended: func(_ int, r trial.Result) { ended <- r.Name }}, tests.String())
	for i, one := range r {
		if one.Outcome != trial.Passed || one.Name != string(rune('a'+i)) {
			t.Errorf("%d: %+v", i, one)
		}
	}
	if len(began) != 8 || len(ended) != 8 || l.opened != 8 {
		t.Errorf("%d began, %d ended, %d opened", len(began), len(ended), l.opened)
	}
}

// TestLazyPartsRun: what is lazy is there before media flows, and not started when some has passed.
func TestLazyPartsRun(t *testing.T) {
	text := strings.Replace(graph, "links:\n", "  view: {element: fakesink, lazy: 5s}\nlinks:\n  - enc -> view\n", 1)
	l := film()
	l.script.hangs = false
	r := tryGraph(t, l, trial.Options{}, text+"tests:\n  - {name: one, expect: {enc: {frames: 50}}}\n")[0]
	if r.Outcome != trial.Passed || len(l.lazy) > 0 {
		t.Errorf("%v %s, started late: %v", failed(r), r.Reason, l.lazy)
	}
}
