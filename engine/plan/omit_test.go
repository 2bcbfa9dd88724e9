package plan_test

import (
	"strings"
	"testing"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
)

// TestWhatNothingDecodes: of a stream that nothing decodes one half of, the other is there, where the graph may do without.
func TestWhatNothingDecodes(t *testing.T) {
	const head = "graph: v1\nnodes:\n  in: stream.in name=x\n  to: convert\n  out: peer.out\nlinks:\n"
	const apart = head + "  - in.video? -> to.video -> out\n  - in.audio? -> to.audio -> out\n"
	const seat = "graph: v1\nparams:\n  stream: string\nexports:\n  sound: to.audio\n  picture: to.video\nnodes:\n  in: stream.in name=$stream\n" +
		"  to: convert\nlinks:\n  - in.video? -> to.video\n  - in.audio? -> to.audio\n"
	given := func(node string, codecs ...media.Codec) map[string][]element.Format {
		out := map[string][]element.Format{}
		for _, c := range codecs {
			out[node] = append(out[node], plan.Format(c))
		}
		return out
	}
	for name, c := range map[string]struct {
		text    string
		in      plan.Inputs
		refused string
		omitted string
		holds   string // one line of what is planned
	}{
		"the sound": {
			text: apart, in: plan.Inputs{Given: given("in", media.VP8, media.G729)}, omitted: "in audio", holds: "flow in.video -> out.video vp8",
		},
		"the picture":       {text: apart, in: plan.Inputs{Given: given("in", media.VP6, media.Opus)}, omitted: "in video", holds: "flow in.audio -> out.audio opus"},
		"neither":           {text: apart, in: plan.Inputs{Given: given("in", media.VP6, media.G729)}, refused: "cannot be decoded"},
		"all there is":      {text: apart, in: plan.Inputs{Given: given("in", media.G729)}, refused: "g729 cannot be decoded"},
		"what must be":      {text: head + "  - in -> to -> out\n", in: plan.Inputs{Given: given("in", media.VP8, media.G729)}, refused: "g729 cannot be decoded"},
		"one link for both": {text: head + "  - in? -> to -> out\n", in: plan.Inputs{Given: given("in", media.VP8, media.G729)}, omitted: "in audio", holds: "flow in.video -> out.video vp8"},
		"needed further on": {
			text: head + "  - in? -> to\n  - to.video -> out\n  - to.audio -> out\n", in: plan.Inputs{Given: given("in", media.VP8, media.G729)},
			refused: "g729 cannot be decoded",
		},
		"of a guest": {
			text: "graph: v1\nnodes:\n  seat: {use: f1, each: {key: guest, max: 4}}\n  out: peer.out\nlinks:\n" +
				"  - seat.picture? -> out\n  - seat.sound? -> out\n",
			in: plan.Inputs{
				Keys:  map[string][]plan.Key{"seat": {{Name: "ann", Params: map[string]any{"stream": "ann"}}}},
				Given: given("seat[ann]/in", media.VP8, media.G729),
			},
			omitted: "seat[ann]/in audio", holds: "flow seat[ann]/in.video -> out.video vp8",
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := tryResolve(t, c.in, c.text, seat)
			if c.refused != "" {
				wantCode(t, err, fault.CodecNotAvailable)
				if !strings.Contains(err.Error(), c.refused) {
					t.Errorf("%q does not say %q", err, c.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(p.Omitted) != 1 || c.omitted != p.Omitted[0].From+" "+string(p.Omitted[0].Kind) {
				t.Errorf("left out is %+v", p.Omitted)
			}
			if o := p.Omitted; len(o) == 1 && !strings.Contains(o[0].Why, "cannot be decoded") {
				t.Errorf("it does not say why: %q", o[0].Why)
			}
			if got := lines(p); !strings.Contains(got, c.holds) {
				t.Errorf("there is no %q in\n%s", c.holds, got)
			}
		})
	}
}
