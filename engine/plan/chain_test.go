package plan_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/media"
	"sluice/engine/plan"
)

func TestChain(t *testing.T) {
	const head = "graph: v1\nnodes:\n  in: stream.in name=x\n  out: stream.out name=y\n"
	for _, c := range []struct {
		name, nodes, links string
		given              media.Codec
		want               bool
	}{
		{"sound in a row", "  dec: mulawdec\n  enc: opusenc\n", "in.audio -> dec -> enc -> out", media.PCMU, true},
		{"with caps on the way", "  dec: mulawdec\n  enc: opusenc\n", "in.audio -> dec -> [audio/x-raw,rate=8000] -> enc -> out", media.PCMU, true},
		{"lazy as a whole", "  dec: mulawdec\n  enc: {element: opusenc, lazy: 5s}\n", "in.audio -> dec -> enc -> out", media.PCMU, true},
		{"through an element with settings", "  dec: mulawdec\n  v: volume volume=0.5\n  enc: opusenc\n", "in.audio -> dec -> v -> enc -> out", media.PCMU, true},
		{"an element that may have threads", "  dec: mulawdec\n  any: identity\n  enc: opusenc\n", "in.audio -> dec -> any -> enc -> out", media.PCMU, false},
		{"a queue", "  dec: mulawdec\n  q: queue\n  enc: opusenc\n", "in.audio -> dec -> q -> enc -> out", media.PCMU, false},
		{"pads that come later", "  dec: decodebin3\n  enc: opusenc\n", "in.audio -> dec -> enc -> out", media.PCMU, false},
		{"two readers", "  dec: mulawdec\n  enc: opusenc\n  o2: stream.out name=z\n", "in.audio -> dec -> enc -> out\n  - enc -> o2", media.PCMU, false},
		{"no way in", "  tone: audiotestsrc\n  enc: opusenc\n", "tone -> enc -> out", media.PCMU, false},
		{"no way out", "  dec: mulawdec\n  to: udpsink\n", "in.audio -> dec -> to\n  - in.audio -> out", media.PCMU, false},
		{"pictures", "  dec: avdec_h264\n  enc: vp8enc\n", "in.video -> dec -> enc -> out", media.H264, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := plan.Inputs{Given: map[string][]element.Format{"in": {plan.Format(c.given)}}}
			p := resolve(t, in, head+c.nodes+"links:\n  - "+c.links+"\n")
			if len(p.Pipelines) != 1 || p.Pipelines[0].Chain != c.want {
				t.Errorf("chain is not %t:\n%s", c.want, lines(p))
			}
			text, err := json.Marshal(p)
			if has := strings.Contains(string(text), `"chain":true`); err != nil || has != c.want {
				t.Errorf("as JSON %s, %v", text, err)
			}
		})
	}
}

// TestThreadFree keeps the table sorted, as it is searched, and free of names that GStreamer does not have.
func TestThreadFree(t *testing.T) {
	list := plan.ThreadFree()
	if !slices.IsSorted(list) || len(list) != len(slices.Compact(slices.Clone(list))) {
		t.Errorf("not sorted, or twice the same: %v", list)
	}
	reg := elementtest.GStreamer(t)
	for _, name := range list {
		if strings.HasPrefix(name, "sluice") {
			continue
		}
		s, ok := reg.Spec(name)
		if !ok {
			t.Errorf("GStreamer has no %s", name)
			continue
		}
		if name != "capsfilter" && !s.Is("Audio") || s.Is("Video") {
			t.Errorf("%s is not of sound: %s", name, s.Klass)
		}
		for _, p := range s.Ports {
			if p.Presence != element.Always {
				t.Errorf("%s: its pad %s is not always there", name, p.Name)
			}
		}
	}
}
