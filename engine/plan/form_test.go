package plan_test

import (
	"strings"
	"testing"

	"sluice/engine/plan"
)

// TestFormIntoATee: the form before a tee is fixed for bridges that come later, and left alone where somebody says it himself or
// could not take it.
func TestFormIntoATee(t *testing.T) {
	const lazy = "{element: stream.out, set: {name: x}, lazy: 5s}"
	for _, c := range []struct {
		about, enc, out, sink, between string
		want                           bool
	}{
		{"a lazy bridge beside what takes anything", "x264enc", lazy, "udpsink", "", true},
		{"beside a filter of the same form", "x264enc", lazy, "udpsink", "[video/x-h264,stream-format=byte-stream] -> ", true},
		{"beside a filter of another", "x264enc", lazy, "udpsink", "[video/x-h264,stream-format=avc] -> ", false},
		{"a filter that is a node", "x264enc", lazy, "capsfilter caps=video/x-h264,stream-format=avc", "", false},
		{"a bridge that is there from the start", "x264enc", "stream.out name=x", "{element: udpsink, lazy: 5s}", "", false},
		{"nothing goes out", "x264enc", "{element: udpsink, lazy: 5s}", "udpsink", "", false},
		{"a codec of one form", "vp8enc", lazy, "udpsink", "", false},
	} {
		sink, end := c.sink, ""
		if strings.HasPrefix(sink, "capsfilter") {
			end = " -> end"
		}
		p := resolve(t, plan.Inputs{}, "graph: v1\nnodes:\n  bars: videotestsrc is-live=true\n  enc: "+c.enc+"\n  out: "+c.out+"\n  sink: "+sink+
			"\n"+map[bool]string{true: "  end: udpsink\n"}[end != ""]+"links:\n  - bars -> enc -> out\n  - enc -> "+c.between+"sink"+end+"\n")
		fixed := false
		for _, k := range p.Pipelines[0].Links {
			if k.To.Of == "enc-tee" {
				fixed = strings.Contains(k.Caps, "byte-stream")
			}
		}
		if fixed != c.want {
			t.Errorf("%s: fixed %v, want %v:\n%s", c.about, fixed, c.want, lines(p))
		}
	}
}
