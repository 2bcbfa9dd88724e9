package plan_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sluice/engine/plan"
)

// randomGraph writes a graph whose links all lead forward, so that it has no circle; whether it compiles is up to it.
func randomGraph(t *rapid.T) string {
	words := []string{
		"peer.in", "stream.in name=s", "videotestsrc is-live=true", "audiotestsrc", "filesrc location=a", "flvdemux", "decodebin3", "avdec_h264",
		"videoconvert", "identity", "convert", "convert codec=vp8", "x264enc", "vp8enc", "opusenc", "video.mix", "webmmux", "filesink location=b",
		"udpsink", "stream.out name=o", "peer.out",
	}
	var nodes, links []string
	n := rapid.IntRange(2, 9).Draw(t, "nodes")
	for i := range n {
		lo, hi := 0, len(words)-1
		switch i {
		case 0:
			hi = 4
		case n - 1:
			lo = len(words) - 4
		}
		w := words[rapid.IntRange(lo, hi).Draw(t, "word")]
		element, set, _ := strings.Cut(w, " ")
		extra := rapid.SampledFrom([]string{"", "", "", ", lazy: 5s", ", on_error: drop"}).Draw(t, "extra")
		k, v, _ := strings.Cut(set, "=")
		body := "{element: " + element + extra
		if k != "" {
			body += ", set: {" + k + ": " + v + "}"
		}
		nodes = append(nodes, fmt.Sprintf("  n%d: %s}", i, body))
		if i > 0 {
			from := rapid.IntRange(0, i-1).Draw(t, "from")
			links = append(links, fmt.Sprintf("  - n%d -> n%d", from, i))
		}
		if i > 2 && rapid.Bool().Draw(t, "more") {
			links = append(links, fmt.Sprintf("  - n%d -> n%d", rapid.IntRange(0, i-1).Draw(t, "also"), i))
		}
	}
	return "graph: v1\nnodes:\n" + strings.Join(nodes, "\n") + "\nlinks:\n" + strings.Join(links, "\n") + "\n"
}

func TestPlansAreDeterministicAndSound(t *testing.T) {
	reg := registry(t)
	compiled := 0
	rapid.Check(t, func(rt *rapid.T) {
		text := randomGraph(rt)
		g, lib := parse(t, text)
		tmpl, err := plan.Compile(g, lib, reg)
		if err != nil {
			rt.Fatalf("%v\n%s", err, text)
		}
		p, err := tmpl.Resolve(plan.Inputs{})
		if err != nil {
			return // two nodes that do not fit; lint would have said so
		}
		compiled++
		again, err := tmpl.Resolve(plan.Inputs{})
		if err != nil {
			rt.Fatal(err)
		}
		a, _ := json.Marshal(p)
		b, _ := json.Marshal(again)
		if string(a) != string(b) {
			rt.Fatalf("two plans of one graph:\n%s\n%s\n%s", text, a, b)
		}
		sound(rt, text, p)
	})
	if compiled == 0 {
		t.Error("no random graph compiled: the property was never tested")
	}
}

// sound checks what must hold in any plan.
func sound(t *rapid.T, text string, p *plan.Plan) {
	names, home := map[string]bool{}, map[string]string{}
	for _, l := range p.Pipelines {
		if names["pipeline "+l.Name] {
			t.Fatalf("two pipelines are called %q\n%s", l.Name, text)
		}
		names["pipeline "+l.Name] = true
		for _, e := range l.Elements {
			if names[e.Name] {
				t.Fatalf("two elements are called %q\n%s", e.Name, text)
			}
			names[e.Name], home[e.Name] = true, l.Name
		}
		once := map[string]bool{}
		for _, k := range l.Links {
			if home[k.From.Of] != l.Name || home[k.To.Of] != l.Name {
				t.Fatalf("the link %v leaves its pipeline\n%s", k, text)
			}
			from := k.From.Of + "." + k.From.Name
			if once[from] && !strings.HasSuffix(k.From.Of, "-tee") && k.From.Name == "" {
				t.Fatalf("%s is linked twice without a tee\n%s", from, text)
			}
			once[from] = true
		}
	}
	for _, b := range p.Bridges {
		if home[b.Name] != b.Pipeline {
			t.Fatalf("the bridge %q is not in its pipeline\n%s", b.Name, text)
		}
	}
}
