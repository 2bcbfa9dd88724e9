package plan_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/param"
	"sluice/engine/plan"
)

// lines writes a plan's structure one fact a line, which is what the tests below compare.
func lines(p *plan.Plan) string {
	var b strings.Builder
	w := func(parts ...string) { b.WriteString(strings.Join(parts, "") + "\n") }
	end := func(x plan.Pad) string {
		if x.Name == "" {
			return x.Of
		}
		return x.Of + "." + x.Name
	}
	for _, f := range p.Flows {
		tail := ""
		if f.Fallback {
			tail = " fallback"
		}
		w("flow ", end(f.From), " -> ", end(f.To), " ", string(f.Format.Codec), tail)
	}
	for _, x := range p.Bridges {
		tail := ""
		if x.Fallback {
			tail = " fallback"
		}
		w("bridge ", string(x.Direction), " ", end(x.Node), " ", x.Name, " ", string(x.Format.Codec), tail)
	}
	for _, l := range p.Pipelines {
		w("pipeline ", l.Name, map[bool]string{true: " lazy " + l.Linger.String()}[l.Lazy])
		for _, br := range l.Branches {
			w("  branch ", br.Name, " ", string(br.Kind))
		}
		for _, k := range l.Links {
			caps := ""
			if k.Caps != "" {
				caps = " [" + k.Caps + "]"
			}
			tail := ""
			if k.Delayed {
				tail += " late"
			}
			if k.Optional {
				tail += " maybe"
			}
			if k.EachOther {
				tail += " each-other"
			}
			if k.Branch != "" {
				tail += " (" + k.Branch + ")"
			}
			w("  ", end(k.From), " ->", caps, " ", end(k.To), tail)
		}
	}
	return strings.TrimSpace(b.String())
}

func expect(t *testing.T, p *plan.Plan, want string) {
	t.Helper()
	var clean []string
	for l := range strings.SplitSeq(strings.TrimSpace(want), "\n") {
		clean = append(clean, strings.TrimPrefix(l, "\t\t\t"))
	}
	if got := lines(p); got != strings.Join(clean, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(clean, "\n"))
	}
}

func TestPlans(t *testing.T) {
	for _, c := range []struct {
		name, text string
		in         plan.Inputs
		fragments  []string
		want       string
	}{
		{
			name: "publish and play never enter GStreamer",
			text: "graph: v1\nnodes:\n  in: peer.in\n  out: stream.out name=x\nlinks:\n  - in -> out\n",
			want: `
			flow in.video -> out.video h264
			flow in.audio -> out.audio aac`,
		},
		{
			name: "a lazy conversion is a pipeline of its own",
			text: "graph: v1\nnodes:\n  in: peer.in\n  live: stream.out name=x\n  opus: {element: convert, set: {codec: opus}, lazy: 10s}\n" +
				"  also: stream.out name=x\nlinks:\n  - in -> live\n  - in.audio -> opus -> also\n",
			want: `
			flow in.video -> live.video h264
			flow in.audio -> live.audio aac
			bridge in in.audio opus-audio-in aac
			bridge out also.audio also-audio-out opus
			pipeline opus lazy 10s
			  opus-audio-in -> opus-audiodec
			  opus-audiodec.audio_%u -> opus-audioenc late
			  opus-audioenc -> also-audio-out`,
		},
		{
			name: "a conversion vanishes when both sides speak the same",
			text: "graph: v1\nnodes:\n  in: peer.in\n  to: convert\n  out: peer.out\nlinks:\n  - in -> to -> out\n",
			in: plan.Inputs{
				Given: map[string][]element.Format{"in": {plan.Format(media.VP8), plan.Format(media.Opus)}},
			},
			want: `
			flow in.video -> out.video vp8
			flow in.audio -> out.audio opus`,
		},
		{
			name: "sound and picture of one conversion are two pipelines with two names",
			text: "graph: v1\nnodes:\n  in: stream.in name=x\n  to: convert\n  out: peer.out\nlinks:\n  - in -> to -> out\n",
			in:   plan.Inputs{Given: map[string][]element.Format{"in": {plan.Format(media.H265), plan.Format(media.AAC)}}},
			want: `
			bridge in in.video to-video-in h265
			bridge in in.audio to-audio-in aac
			bridge out out.video out-video-out vp8
			bridge out out.audio out-audio-out opus
			pipeline to-video
			  to-video-in -> to-videodec
			  to-videodec.video_%u -> to-videoenc-queue late
			  to-videoenc-queue -> to-videoenc
			  to-videoenc -> out-video-out
			pipeline to-audio
			  to-audio-in -> to-audiodec
			  to-audiodec.audio_%u -> to-audioenc late
			  to-audioenc -> out-audio-out`,
		},
		{
			name: "a track that a peer does not have leaves nothing behind",
			text: "graph: v1\nnodes:\n  in: peer.in\n  to: convert\n  out: peer.out\nlinks:\n  - in.audio -> to.audio -> out\n  - in.video? -> to.video -> out\n",
			in:   plan.Inputs{Given: map[string][]element.Format{"in": {plan.Format(media.AAC)}}},
			want: `
			bridge in in.audio to-audio-in aac
			bridge out out.audio out-audio-out opus
			pipeline to
			  to-audio-in -> to-audiodec
			  to-audiodec.audio_%u -> to-audioenc late
			  to-audioenc -> out-audio-out`,
		},
		{
			name: "offline: a queue after the demuxer and before the muxer",
			text: "graph: v1\nnodes:\n  read: filesrc location=a\n  demux: flvdemux\n  vdec: decodebin3\n  vfix: videoconvert\n  venc: vp8enc\n  mux: webmmux\n" +
				"  write: filesink location=b\nlinks:\n  - read -> demux\n  - demux.video -> vdec -> vfix -> [video/x-raw,format=I420] -> venc -> mux -> write\n",
			want: `
			pipeline read
			  read -> demux
			  demux.video -> vdec-queue late
			  vdec-queue -> vdec
			  vdec.video_%u -> vfix late
			  vfix -> [video/x-raw,format=I420] venc
			  venc -> venc-mux-queue
			  venc-mux-queue -> mux.video_%u
			  mux -> write`,
		},
		{
			name: "a tee where a pad is linked twice; its droppable branch cannot hurt the rest",
			text: "graph: v1\nnodes:\n  bars: videotestsrc is-live=true\n  one: udpsink\n  two: {element: udpsink, on_error: drop}\n" +
				"links:\n  - bars -> one\n  - bars -> two\n",
			want: `
			pipeline bars
			  branch two apart
			  bars -> bars-tee
			  bars-tee -> one-queue
			  bars-tee -> two-shield (two)
			  one-queue -> one
			  two-shield -> two-queue (two)
			  two-queue -> two (two)`,
		},
		{
			name: "an H.264 encoder gets I420 and gives constrained baseline",
			text: "graph: v1\nnodes:\n  bars: videotestsrc is-live=true\n  enc: x264enc\n  out: stream.out name=x\nlinks:\n  - bars -> enc -> out\n",
			want: `
			bridge out out.video out-video-out h264
			pipeline bars
			  bars -> enc-convert
			  enc-convert -> enc-queue
			  enc-queue -> [video/x-raw,format=I420] enc
			  enc -> [video/x-h264,profile=constrained-baseline] out-video-out`,
		},
		{
			name: "a decoder fed from outside is guarded",
			text: "graph: v1\nnodes:\n  in: stream.in name=x\n  dec: avdec_h264\n  enc: vp8enc\n  out: stream.out name=y\nlinks:\n  - in.video -> dec -> enc -> out\n",
			want: `
			bridge in in.video dec-video-in h264
			bridge out out.video out-video-out vp8
			pipeline dec
			  dec-video-in -> dec-guard
			  dec-guard -> [video/x-h264,chroma-format=(string)4:2:0,bit-depth-luma=(uint)8,bit-depth-chroma=(uint)8] dec
			  dec -> enc-queue
			  enc-queue -> enc
			  enc -> out-video-out`,
		},
		{
			name:      "a keyed fragment is a branch of the mixer's pipeline",
			fragments: []string{"graph: v1\nparams:\n  stream: string\nexports:\n  video: dec.src\nnodes:\n  in: stream.in name=$stream\n  dec: avdec_h264\nlinks:\n  - in.video -> dec\n"},
			text: "graph: v1\nnodes:\n  seat: {use: f1, each: {key: guest, max: 4}}\n  mix: video.mix\n  enc: vp8enc\n  out: stream.out name=room\n" +
				"links:\n  - seat.video? -> mix -> enc -> out\n",
			in: plan.Inputs{Keys: map[string][]plan.Key{"seat": {{Name: "al", Params: map[string]any{"stream": "cam1"}}}}},
			want: `
			bridge out out.video out-video-out vp8
			bridge in seat[al]/in.video seat-al-dec-video-in h264
			pipeline mix
			  branch seat[al] keyed
			  mix-base -> mix-base-mix-all-queue
			  mix-base-mix-all-queue -> mix-all
			  mix-all -> enc-queue
			  enc-queue -> enc
			  enc -> out-video-out
			  seat-al-dec-video-in -> seat-al-dec-guard (seat[al])
			  seat-al-dec-guard -> [video/x-h264,chroma-format=(string)4:2:0,bit-depth-luma=(uint)8,bit-depth-chroma=(uint)8] seat-al-dec (seat[al])
			  seat-al-dec -> mix-tee-al (seat[al])
			  mix-tee-al -> mix-tee-al-mix-all-queue (seat[al])
			  mix-tee-al-mix-all-queue -> mix-all (seat[al])`,
		},
		{
			name:      "a list makes one instance for each item",
			fragments: []string{"graph: v1\nparams:\n  to: string\nexports:\n  video: enc.sink\nnodes:\n  enc: vp8enc\n  out: stream.out name=$to\nlinks:\n  - enc -> out\n"},
			text: "graph: v1\nparams:\n  rungs: {type: list, default: [hi, lo]}\nnodes:\n  bars: videotestsrc is-live=true\n" +
				"  rung: {use: f1, each: $rungs, with: {to: $each}}\nlinks:\n  - bars -> rung.video\n",
			want: `
			bridge out rung[hi]/out.video rung-hi-out-video-out vp8
			bridge out rung[lo]/out.video rung-lo-out-video-out vp8
			pipeline bars
			  bars -> bars-tee
			  bars-tee -> rung-hi-enc-queue
			  bars-tee -> rung-lo-enc-queue
			  rung-hi-enc-queue -> rung-hi-enc
			  rung-hi-enc -> rung-hi-out-video-out
			  rung-lo-enc-queue -> rung-lo-enc
			  rung-lo-enc -> rung-lo-out-video-out`,
		},
		{
			name: "a fallback is brought to the codecs the viewers have",
			text: "graph: v1\nnodes:\n  cam: peer.in\n  bars: videotestsrc is-live=true\n  enc: vp8enc\n" +
				"  out: {element: stream.out, set: {name: x}, fallback: {node: enc, after: 3s}}\nlinks:\n  - cam -> out\n  - bars -> enc\n",
			in: plan.Inputs{Given: map[string][]element.Format{"cam": {plan.Format(media.H264)}}},
			want: `
			flow cam.video -> out.video h264
			bridge out out.video out-video-out h264 fallback
			pipeline bars
			  bars -> enc-queue
			  enc-queue -> enc
			  enc -> out-fallback-videodec
			  out-fallback-videodec.video_%u -> out-fallback-videoenc-queue late
			  out-fallback-videoenc-queue -> out-fallback-videoenc
			  out-fallback-videoenc -> out-video-out`,
		},
		{
			name: "a fallback adds no track that the viewers never negotiated",
			text: "graph: v1\nnodes:\n  cam: peer.in\n  quiet: audiotestsrc\n  enc: opusenc\n" +
				"  out: {element: stream.out, set: {name: x}, fallback: {node: enc, after: 3s}}\nlinks:\n  - cam -> out\n  - quiet -> enc\n",
			in:   plan.Inputs{Given: map[string][]element.Format{"cam": {plan.Format(media.H264)}}},
			want: "flow cam.video -> out.video h264",
		},
		{
			name: "a branch that comes and goes leaves its source linked",
			text: "graph: v1\nnodes:\n  bars: videotestsrc is-live=true\n  enc: vp8enc\n  fix: videoconvert\n  out: {element: stream.out, set: {name: x}, lazy: 5s}\n" +
				"  sink: udpsink\nlinks:\n  - bars -> fix -> enc -> out\n  - bars -> sink\n",
			want: `
			bridge out out.video out-video-out vp8
			pipeline bars
			  branch out lazy
			  bars -> bars-tee
			  bars-tee -> fix-shield (out)
			  bars-tee -> sink-queue
			  fix-shield -> fix-queue (out)
			  fix-queue -> fix (out)
			  fix -> enc-queue (out)
			  enc-queue -> enc (out)
			  enc -> out-video-out (out)
			  sink-queue -> sink`,
		},
	} {
		t.Run(c.name, func(t *testing.T) { expect(t, resolve(t, c.in, c.text, c.fragments...), c.want) })
	}
}

// A plan with one more key is the old plan and that key's branch: a runtime adds what is new and touches nothing else.
func TestKeysDoNotDisturbEachOther(t *testing.T) {
	frag := "graph: v1\nparams:\n  stream: string\nexports:\n  video: dec.src\n  ear: enc.sink\nnodes:\n  in: stream.in name=$stream\n  dec: avdec_h264\n" +
		"  enc: vp8enc\n  own: stream.out name=$(stream)/mix\nlinks:\n  - in.video -> dec\n  - enc -> own\n"
	text := "graph: v1\nnodes:\n  seat: {use: f1, each: {key: guest, max: 2}}\n  mix: video.mix\n  enc: vp8enc\n  out: stream.out name=room\n" +
		"links:\n  - seat.video? -> mix\n  - mix.out -> enc -> out\n  - mix.minus[seat] -> seat.ear\n"
	key := func(name string) plan.Key { return plan.Key{Name: name, Params: map[string]any{"stream": name}} }
	with := func(keys ...plan.Key) map[string]plan.Element {
		p := resolve(t, plan.Inputs{Keys: map[string][]plan.Key{"seat": keys}}, text, frag)
		out := map[string]plan.Element{}
		for _, l := range p.Pipelines {
			for _, e := range l.Elements {
				out[e.Name] = e
			}
		}
		return out
	}
	both := with(key("al"), key("bo"))
	for _, one := range []map[string]plan.Element{with(), with(key("al")), with(key("bo"))} {
		for name, e := range one {
			a, _ := json.Marshal(e)
			b, _ := json.Marshal(both[name])
			if string(a) != string(b) {
				t.Errorf("%q is\n%s alone and\n%s in company", name, a, b)
			}
		}
	}
	// What two keys add beyond each of them is a shield and a queue from each to the other.
	pairs := []string{"mix-tee-al-mix-minus-bo-queue", "mix-tee-bo-mix-minus-al-queue"}
	for _, name := range pairs {
		if both[name].Factory != "queue" {
			t.Errorf("there is no %q among %v", name, slices.Sorted(maps.Keys(both)))
		}
	}
	if len(both) != len(with(key("al")))+len(with(key("bo")))-len(with())+2*len(pairs) {
		t.Error("two keys are more than the sum of each and what lies between them")
	}
	g, lib := parse(t, text, frag)
	tmpl, err := plan.Compile(g, lib, registry(t))
	if err != nil {
		t.Fatal(err)
	}
	_, err = tmpl.Resolve(plan.Inputs{Keys: map[string][]plan.Key{"seat": {key("a"), key("b"), key("c")}}})
	wantCode(t, err, fault.InvalidParams)
}

func TestErrorsNameTheNode(t *testing.T) {
	for _, c := range []struct {
		name, text string
		in         plan.Inputs
		code       fault.Code
		says       string
	}{
		{"no common codec", "graph: v1\nnodes:\n  in: peer.in\n  out: peer.out\nlinks:\n  - in -> out\n",
			plan.Inputs{Given: map[string][]element.Format{"in": {plan.Format(media.AAC)}}}, fault.CodecNotAvailable, `"in" gives aac, "out" takes opus`},
		{"b-frames", "graph: v1\nnodes:\n  in: peer.in\n  out: peer.out\nlinks:\n  - in.video -> out\n",
			plan.Inputs{Given: map[string][]element.Format{"in": {{Kind: media.Video, Codec: media.H264, BFrames: true}}}},
			fault.CodecNotAvailable, "with B-frames"},
		{"unknown element", "graph: v1\nnodes:\n  in: nosuch\n  out: peer.out\nlinks:\n  - in -> out\n", plan.Inputs{}, fault.LintFailed, `no element "nosuch"`},
		{"unknown node", "graph: v1\nnodes:\n  in: peer.in\n  out: peer.out\nlinks:\n  - inn -> out\n", plan.Inputs{}, fault.LintFailed, `no node "inn"`},
		{"a circle", "graph: v1\nnodes:\n  a: identity\n  b: identity\nlinks:\n  - a -> b\n  - b -> a\n", plan.Inputs{}, fault.LintFailed, "circle"},
		{"no fragment", "graph: v1\nnodes:\n  a: {use: nothing}\n  b: peer.out\nlinks:\n  - a -> b\n", plan.Inputs{}, fault.LintFailed, `no fragment "nothing"`},
		{"nothing in common", "graph: v1\nnodes:\n  a: audiotestsrc\n  b: vp8enc\n  c: stream.out name=x\nlinks:\n  - a -> b -> c\n",
			plan.Inputs{}, fault.LintFailed, "no kind of media in common"},
		{"an absent track that is needed", "graph: v1\nnodes:\n  in: peer.in\n  out: stream.out name=x\nlinks:\n  - in.video -> out\n",
			plan.Inputs{Given: map[string][]element.Format{"in": {plan.Format(media.AAC)}}}, fault.CodecNotAvailable, `"in" gives no video`},
		{"a parameter that is missing", "graph: v1\nparams:\n  stream: string\nnodes:\n  in: peer.in\n  out: stream.out name=$stream\nlinks:\n  - in -> out\n",
			plan.Inputs{}, fault.InvalidParams, "stream"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := tryResolve(t, c.in, c.text)
			wantCode(t, err, c.code)
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q does not say %q", err, c.says)
			}
		})
	}
}

const secretive = "graph: v1\nparams:\n  key: secret\nnodes:\n  in: peer.in\n  out: stream.out name=x login=$key\nlinks:\n  - in -> out\n"

func TestSecretsAreNeverPrinted(t *testing.T) {
	p := resolve(t, plan.Inputs{Params: map[string]any{"key": "hunter2"}}, secretive)
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "hunter2") {
		t.Errorf("the plan shows the secret: %s", data)
	}
	for _, s := range p.Nodes[1].Settings {
		if s.Name == "login" && s.Reveal() != "hunter2" {
			t.Errorf("the runtime gets %q", s.Reveal())
		}
	}
}

func TestPasswordsInAddressesAreNotPrinted(t *testing.T) {
	text := "graph: v1\nparams:\n  to: uri\nnodes:\n  in: peer.in\n  out: stream.out name=$to\nlinks:\n  - in -> out\n"
	for _, c := range []struct{ address, shown string }{
		{"rtmp://user:hunter2@host/live/x", "rtmp://user:***@host/live/x"},
		{"rtmp://user@host/live/x", "rtmp://user@host/live/x"},
		{"rtmp://host/live/a@b:c", "rtmp://host/live/a@b:c"},
	} {
		p := resolve(t, plan.Inputs{Params: map[string]any{"to": c.address}}, text)
		s := p.Nodes[1].Settings[0]
		if s.Text != c.shown || s.Reveal() != c.address {
			t.Errorf("%s is shown as %s, revealed as %s", c.address, s.Text, s.Reveal())
		}
	}
}

func TestKeysAreChecked(t *testing.T) {
	frag := "graph: v1\nexports:\n  video: dec.src\nnodes:\n  in: stream.in name=x\n  dec: avdec_h264\nlinks:\n  - in.video -> dec\n"
	text := "graph: v1\nnodes:\n  seat: {use: f1, each: {key: guest, max: 4}}\n  mix: video.mix\n  enc: vp8enc\n  out: stream.out name=room\n" +
		"links:\n  - seat.video? -> mix.in\n  - mix.out -> enc -> out\n"
	keys := func(names ...string) plan.Inputs {
		var out []plan.Key
		for _, n := range names {
			out = append(out, plan.Key{Name: n})
		}
		return plan.Inputs{Keys: map[string][]plan.Key{"seat": out}}
	}
	for _, bad := range [][]string{{""}, {"a b"}, {"../x"}, {"$(x)"}, {"a.b"}, {"é"}, {strings.Repeat("a", 65)}, {"a", "a"}} {
		_, err := tryResolve(t, keys(bad...), text, frag)
		if fault.CodeOf(err) != fault.InvalidParams {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if resolve(t, keys("b", "a"), text, frag).Hash != resolve(t, keys("a", "b"), text, frag).Hash {
		t.Error("the order of keys changes the plan")
	}
	if n := len(resolve(t, keys("a"), text, frag).Pipelines); n != 1 {
		t.Errorf("one guest makes %d pipelines", n)
	}
}

// What a sink that has spoken does not take is left out with all that would have made it, where the link may be missing.
func TestNobodyTakesThePicture(t *testing.T) {
	in := plan.Inputs{
		Given: map[string][]element.Format{"in": {plan.Format(media.Opus), plan.Format(media.H264)}},
		Want:  map[string][]element.Format{"out": {plan.Format(media.Opus)}},
	}
	head := "graph: v1\nnodes:\n  in: peer.in\n  to: convert\n  out: peer.out\nlinks:\n"
	for _, links := range []string{"  - in -> to -> out\n", "  - in.audio -> to.audio -> out\n  - in.video? -> to.video -> out\n"} {
		expect(t, resolve(t, in, head+links), "flow in.audio -> out.audio opus")
	}
	_, err := tryResolve(t, in, head+"  - in.audio -> to.audio -> out\n  - in.video -> to.video -> out\n")
	if err == nil {
		t.Error("a link that must be there is left out")
	}
	expect(t, resolve(t, in, "graph: v1\nnodes:\n  in: peer.in\n  out: peer.out\nlinks:\n  - in -> out\n"), "flow in.audio -> out.audio opus")
}

func TestHashTellsPlansApart(t *testing.T) {
	text := "graph: v1\nparams:\n  stream: string\nnodes:\n  in: peer.in\n  out: stream.out name=$stream\nlinks:\n  - in -> out\n"
	hash := func(stream string) string {
		return resolve(t, plan.Inputs{Params: map[string]any{"stream": stream}}, text).Hash
	}
	first, again := hash("a"), hash("a")
	if first != again {
		t.Error("one plan has two hashes")
	}
	if first == hash("b") {
		t.Error("two plans have one hash")
	}
}

func TestPlanSurvivesJSON(t *testing.T) {
	p := resolve(t, plan.Inputs{Scope: param.Values{}}, "graph: v1\nnodes:\n  bars: videotestsrc is-live=true\n  enc: x264enc\n  out: {element: stream.out, set: {name: x}, lazy: 5s}\n"+
		"links:\n  - bars -> enc -> out\npolicy:\n  restart: {when: always, backoff: 2s..1m, give_up: 3 in 5m}\n  end: never\n")
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var back plan.Plan
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(&back)
	if err != nil {
		t.Fatal(err)
	}
	if string(again) != string(data) {
		t.Errorf("what comes back differs:\n%s\n%s", data, again)
	}
	if r := p.Policy.Restart; r.When != "always" || r.Most.String() != "1m" || r.Tries != 3 || !p.Policy.Never {
		t.Errorf("policy: %+v", p.Policy)
	}
}

// A file without sound is still a file: what a link without pads finds late is optional, what a pad names is not.
func TestLateKindsAreOptionalUnlessNamed(t *testing.T) {
	links := func(links string) map[string]bool {
		p := resolve(t, plan.Inputs{}, "graph: v1\nnodes:\n  read: filesrc location=a\n  demux: flvdemux\n  out: stream.out name=x\nlinks:\n  - read -> demux\n"+links)
		out := map[string]bool{}
		for _, k := range p.Pipelines[0].Links {
			if k.Delayed {
				out[k.From.Name] = k.Optional
			}
		}
		return out
	}
	if got := links("  - demux -> out\n"); !got["video"] || !got["audio"] || len(got) != 2 {
		t.Errorf("a link without pads: %v", got)
	}
	if got := links("  - demux.video -> out\n  - demux.audio? -> out\n"); got["video"] || !got["audio"] || len(got) != 2 {
		t.Errorf("links with pads: %v", got)
	}
}

// A secret inside a list is one too: hidden when printed, whole for the runtime.
func TestSecretsInListsAreRevealedWhole(t *testing.T) {
	text := "graph: v1\nparams:\n  key: secret\nnodes:\n  in: peer.in\n  out: {element: stream.out, set: {name: x, hosts: [a, $key]}}\nlinks:\n  - in -> out\n"
	p := resolve(t, plan.Inputs{Params: map[string]any{"key": "hunter2"}}, text)
	for _, s := range p.Nodes[1].Settings {
		if s.Name == "hosts" && (!s.Secret || strings.Contains(s.Text, "hunter2") || s.Reveal() != "a,hunter2") {
			t.Errorf("shown as %q, revealed as %q", s.Text, s.Reveal())
		}
	}
}

// TestPace: where nothing keeps real time nothing is dropped, so that results do not depend on the machine's speed.
func TestPace(t *testing.T) {
	for name, c := range map[string]struct {
		source  string
		offline bool
	}{
		"a test source waits":                {"videotestsrc", true},
		"a live one does not":                {"videotestsrc is-live=true", false},
		"nor one that is held to real time":  {"videotestsrc -> clocksync", false},
		"a file waits":                       {"filesrc location=a -> decodebin3", true},
		"a file at the speed of life cannot": {"filesrc location=a -> decodebin3 -> clocksync", false},
	} {
		t.Run(name, func(t *testing.T) {
			nodes, links := "", ""
			for i, e := range strings.Split(c.source, " -> ") {
				nodes += fmt.Sprintf("  n%d: %s\n", i, e)
				links += fmt.Sprintf("n%d -> ", i)
			}
			p := resolve(t, plan.Inputs{}, "graph: v1\nnodes:\n"+nodes+"  enc: vp8enc\n  out: filesink location=b\nlinks:\n  - "+
				links+"[video/x-raw] -> enc -> out\n")
			l := p.Pipelines[0]
			drops := slices.ContainsFunc(l.Elements, func(e plan.Element) bool {
				return slices.ContainsFunc(e.Props, func(s plan.Setting) bool { return s.Name == "leaky" })
			})
			if l.Offline != c.offline || drops == c.offline {
				t.Errorf("offline: %v, drops: %v", l.Offline, drops)
			}
		})
	}
}

// TestOfflineQueues: how long an encoder looks ahead must not decide whether a muxer ever gets both its tracks.
func TestOfflineQueues(t *testing.T) {
	for source, want := range map[string]string{
		"filesrc location=a":        "max-size-buffers=0 max-size-bytes=32000000 max-size-time=0",
		"videotestsrc is-live=true": "max-size-buffers=0 max-size-bytes=0 max-size-time=1000000000",
	} {
		p := resolve(t, plan.Inputs{}, "graph: v1\nnodes:\n  in: "+source+"\n  enc: vp8enc\n  mux: webmmux\n  out: filesink location=b\n"+
			"links:\n  - in -> [video/x-raw] -> enc -> mux -> out\n")
		got := ""
		for _, e := range p.Pipelines[0].Elements {
			if e.Name == "enc-mux-queue" {
				for _, s := range e.Props {
					got += " " + s.Name + "=" + s.Text
				}
			}
		}
		if strings.TrimSpace(got) != want {
			t.Errorf("%s: the queue before the muxer has%s", source, got)
		}
	}
}

// TestExportsOfConversions: a conversion has pads of one name on both sides, of which a fragment exports the one that it does
// not link itself.
func TestExportsOfConversions(t *testing.T) {
	const fragment = "graph: v1\nnodes:\n  first: convert codec=h264\n  last: convert codec=vp8\nlinks:\n  - first -> last\n" +
		"exports:\n  picture: first.video\n  result: last.video\n"
	p := resolve(t, plan.Inputs{Given: map[string][]element.Format{"in": {plan.Format(media.VP8)}}},
		"graph: v1\nnodes:\n  in: peer.in\n  part: {use: f1}\n  out: stream.out name=x\nlinks:\n  - in -> part -> out\n", fragment)
	expect(t, p, `
			bridge in in.video part-first-video-in vp8
			bridge out out.video out-video-out vp8
			pipeline part/first
			  part-first-video-in -> part-first-videodec
			  part-first-videodec.video_%u -> part-first-videoenc-queue late
			  part-first-videoenc-queue -> part-first-videoenc
			  part-first-videoenc -> part-last-videodec
			  part-last-videodec.video_%u -> part-last-videoenc-queue late
			  part-last-videoenc-queue -> part-last-videoenc
			  part-last-videoenc -> out-video-out`)
}
