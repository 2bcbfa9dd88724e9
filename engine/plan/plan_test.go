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

// TestCodedMediaIsNotDropped: a file that is held to real time is read as fast as whatever is before that takes it, so that a queue
// there which drops would drop all of it but the end.
func TestCodedMediaIsNotDropped(t *testing.T) {
	p := resolve(t, plan.Inputs{}, "graph: v1\nnodes:\n  read: filesrc location=a\n  demux: flvdemux\n  pace: clocksync\n  dec: decodebin3\n"+
		"  enc: vp8enc\n  again: vp8enc\n  out: filesink location=b\n  too: filesink location=c\nlinks:\n  - read -> demux\n"+
		"  - demux.video -> pace -> dec\n  - dec -> [video/x-raw] -> enc -> out\n  - dec -> [video/x-raw] -> again -> too\n")
	leaky := map[string]bool{}
	for _, e := range p.Pipelines[0].Elements {
		if e.Factory == "queue" {
			leaky[e.Name] = slices.ContainsFunc(e.Props, func(s plan.Setting) bool { return s.Name == "leaky" })
		}
	}
	if drops, there := leaky["pace-queue"]; drops || !there {
		t.Errorf("the queue before what keeps the pace: there %t, drops %t", there, drops)
	}
	if !leaky["enc-queue"] || !leaky["again-queue"] {
		t.Errorf("the queues of decoded pictures: %v", leaky)
	}
}

// TestMixerQueues: while a mixer waits for somebody, all others' sound waits in the queues before it, and what it then gives at once fits
// into the one before the encoder.
func TestMixerQueues(t *testing.T) {
	const graph = `graph: v1
nodes:
  a: videotestsrc is-live=true
  b: audiotestsrc
  c: audiotestsrc
  pictures: compositor%s
  sounds: audiomixer%s
  venc: vp8enc
  aenc: opusenc
  out: filesink location=b
  too: filesink location=c
links:
  - a -> [video/x-raw] -> pictures -> [video/x-raw] -> venc -> out
  - b -> [audio/x-raw] -> sounds
  - c -> [audio/x-raw] -> sounds -> [audio/x-raw] -> aenc -> too
`
	for latency, want := range map[string]map[string]string{
		"": {
			"venc-queue":     "max-size-buffers=2 max-size-bytes=0 max-size-time=0 leaky=downstream",
			"b-sounds-queue": "max-size-buffers=0 max-size-bytes=0 max-size-time=1200000000",
		},
		" latency=300000000": {
			"venc-queue":     "max-size-buffers=0 max-size-bytes=0 max-size-time=400000000 leaky=downstream",
			"b-sounds-queue": "max-size-buffers=0 max-size-bytes=0 max-size-time=1300000000",
		},
	} {
		got := map[string]string{}
		for _, l := range resolve(t, plan.Inputs{}, fmt.Sprintf(graph, latency, latency)).Pipelines {
			for _, e := range l.Elements {
				for _, s := range e.Props {
					got[e.Name] = strings.TrimSpace(got[e.Name] + " " + s.Name + "=" + s.Text)
				}
			}
		}
		for name, props := range want {
			if got[name] != props {
				t.Errorf("latency %q: %s has %q, not %q", latency, name, got[name], props)
			}
		}
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
